import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Address, sha256, stringToBytes } from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { packageRoot } from '#circuits/paths.js'
import type { Bundle } from '#prover/bundle/load.js'
import {
  deployAccessGrants,
  deployDatasetRegistry,
  publishDataset,
  requireDataset,
} from '#service/chain/access-grants.js'
import { type ChainWriter, connectChain } from '#service/chain/connect-chain.js'
import { deployContracts } from '#service/chain/deploy-contracts.js'
import { registerModel } from '#service/chain/register-model.js'
import { registrationOf } from '#service/chain/registration-of.js'
import { startAnvil } from '#service/chain/start-anvil.js'
import { resolveConfig } from '#service/config/resolve.js'
import { createServer } from '#service/http/server.js'
import { ServedModels } from '#service/models/served-models.js'
import { hashContent } from '#service/provenance/hash-content.js'

/** Who takes part, the contracts, and a service that asks for grants. */
export interface AccessStage {
  readonly lab: ChainWriter
  readonly hospital: ChainWriter
  readonly clinic: ChainWriter
  /** What the clinic signs its requests with. */
  readonly clinicAccount: PrivateKeyAccount
  readonly strangerAccount: PrivateKeyAccount
  readonly verifier: Address
  readonly grants: Address
  readonly model: { readonly registry: Address; readonly modelId: bigint; readonly version: number }
  readonly dataset: { readonly registry: Address; readonly tokenId: bigint }
  readonly url: string
  close(): Promise<void>
}

const licence =
  'Diagnoses of consenting patients. Use by models that the hospital grants, as long as it does.\n'

/** The hospital's dataset, the lab's model that needs it, and a service over an anvil. */
export async function setAccessStage(bundle: Bundle): Promise<AccessStage> {
  const anvil = await startAnvil()
  try {
    const { rpcUrl, privateKeys } = anvil
    const [lab, hospital, clinic] = (await Promise.all(
      privateKeys.slice(0, 3).map((privateKey) => connectChain({ rpcUrl, privateKey })),
    )) as [ChainWriter, ChainWriter, ChainWriter]
    const { registry, verifier } = await deployContracts(lab)
    const grants = (await deployAccessGrants(lab)).address
    const datasets = (await deployDatasetRegistry(hospital)).address
    const folder = join(packageRoot, 'test', 'models', bundle.manifest.name)
    const { datasetId } = await publishDataset(hospital, {
      registry: datasets,
      contentHash: await hashContent(join(folder, 'calibration.npz')),
      licenceHash: sha256(stringToBytes(licence)),
      uri: 'https://hospital.example/records',
    })
    const { modelId, version } = await registerModel(lab, registrationOf(bundle, registry))
    const model = { registry, modelId, version }
    const dataset = { registry: datasets, tokenId: datasetId }
    await requireDataset(lab, { grants, model, dataset })
    const { vkHash } = bundle.manifest
    const config = resolveConfig({
      port: 0,
      database: 'memory',
      logLevel: 'warn',
      verifier,
      chainId: String(lab.chainId),
      registrations: [`${vkHash}=${modelId}:${version}`],
      access: [`${vkHash}=${registry}:${modelId}:${version}`],
      accessGrants: grants,
      accessRpc: rpcUrl,
      accessCache: 0,
    })
    const server = await createServer(config, new ServedModels([bundle]))
    await server.listen({ host: config.host, port: config.port })
    const { port } = server.server.address() as AddressInfo
    return {
      ...{ lab, hospital, clinic, verifier, grants, model, dataset },
      clinicAccount: privateKeyToAccount(privateKeys[2]!),
      strangerAccount: privateKeyToAccount(privateKeys[3]!),
      url: `http://${config.host}:${port}`,
      close: async () => {
        await server.close()
        await anvil.stop()
      },
    }
  } catch (error) {
    await anvil.stop()
    throw error
  }
}
