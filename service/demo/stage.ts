import type { AddressInfo } from 'node:net'
import type { Address } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { Bundle } from '#prover/bundle/load.js'
import { type ChainWriter, connectChain } from '#service/chain/connect-chain.js'
import { deployContracts } from '#service/chain/deploy-contracts.js'
import { deployProvenDigit } from '#service/chain/deploy-proven-digit.js'
import { type RegisteredModel, registerModel } from '#service/chain/register-model.js'
import { registrationOf } from '#service/chain/registration-of.js'
import { type Anvil, startAnvil } from '#service/chain/start-anvil.js'
import { type GivenConfig, resolveConfig } from '#service/config/resolve.js'
import { createServer } from '#service/http/server.js'
import { ServedModels } from '#service/models/served-models.js'

/** A chain with contracts, a registered model for each bundle, and a service that serves them. */
export interface Stage {
  readonly chain: ChainWriter
  readonly registry: Address
  readonly verifier: Address
  /** Where the bundles are registered, in their order. */
  readonly registered: readonly RegisteredModel[]
  /** Two consumers of the first model. */
  readonly provenDigits: readonly [Address, Address]
  readonly url: string
  readonly rpcUrl: string
  /** Gas by what it was spent on. */
  readonly gas: Readonly<Record<'deploy registry' | 'deploy verifier' | 'register model', bigint>>
  close(): Promise<void>
}

export interface StageOptions {
  /** TCP port of the service; 0 takes a free one. */
  readonly port: number
  /** JSON-RPC address of a chain; an anvil of its own by default. */
  readonly rpc?: string
  /** Registers the bundles as versions of one model, instead of a model each. */
  readonly asVersions?: boolean
  /** Does what must be done before the service starts, and gives further settings of it. */
  readonly prepare?: (deployed: Deployed) => Promise<GivenConfig>
}

/** What stands before the service does. */
export type Deployed = Pick<Stage, 'chain' | 'registry' | 'verifier' | 'registered' | 'rpcUrl'>

/** Starts everything that the demo shows. */
export async function setStage(
  bundles: readonly Bundle[],
  { port, rpc, asVersions = false, prepare }: StageOptions,
): Promise<Stage> {
  const network = rpc === undefined ? await startAnvil() : otherChain(rpc)
  try {
    const chain = await connectChain({ rpcUrl: network.rpcUrl, privateKey: network.privateKeys[0]! })
    const { registry, verifier, gasUsed } = await deployContracts(chain)
    const registered: RegisteredModel[] = []
    for (const bundle of bundles) {
      const [model] = registered
      const next = asVersions && model ? { modelId: model.modelId } : {}
      registered.push(await registerModel(chain, { ...registrationOf(bundle, registry), ...next }))
    }
    const first = registered[0]!
    const consumer = () =>
      deployProvenDigit(chain, { verifier, modelId: first.modelId, version: first.version })
    const provenDigits = [(await consumer()).address, (await consumer()).address] as const
    const { rpcUrl } = network
    const settings = await prepare?.({ chain, registry, verifier, registered, rpcUrl })
    const config = resolveConfig({
      port,
      database: 'memory',
      verifier,
      chainId: String(chain.chainId),
      logLevel: 'warn',
      registrations: bundles.map(
        ({ manifest }, i) => `${manifest.vkHash}=${registered[i]!.modelId}:${registered[i]!.version}`,
      ),
      ...settings,
    })
    const server = await createServer(config, new ServedModels(bundles))
    await server.listen({ host: config.host, port: config.port })
    const { port: listening } = server.server.address() as AddressInfo
    return {
      chain,
      registry,
      verifier,
      registered,
      provenDigits,
      url: `http://${config.host}:${listening}`,
      rpcUrl,
      gas: {
        'deploy registry': gasUsed.registry,
        'deploy verifier': gasUsed.verifier,
        'register model': first.transaction.gasUsed,
      },
      close: async () => {
        await server.close()
        await network.stop()
      },
    }
  } catch (error) {
    await network.stop()
    throw error
  }
}

/** A chain that runs elsewhere; the key of the paying account comes from the environment. */
function otherChain(rpcUrl: string): Pick<Anvil, 'rpcUrl' | 'privateKeys' | 'stop'> {
  const privateKey = process.env.ZKSERVE_PRIVATE_KEY
  if (!privateKey?.startsWith('0x')) {
    throw new ZkserveError('USAGE', '--rpc needs the key of a funded account, 0x hex, in ZKSERVE_PRIVATE_KEY')
  }
  return { rpcUrl, privateKeys: [privateKey as `0x${string}`], stop: async () => undefined }
}
