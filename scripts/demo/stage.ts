import type { AddressInfo } from 'node:net'
import type { Address } from 'viem'
import type { Bundle } from '#prover/bundle/load.js'
import { type ChainWriter, connectChain } from '#service/chain/connect-chain.js'
import { deployContracts } from '#service/chain/deploy-contracts.js'
import { deployProvenDigit } from '#service/chain/deploy-proven-digit.js'
import { type RegisteredModel, registerModel } from '#service/chain/register-model.js'
import { startAnvil } from '#service/chain/start-anvil.js'
import { resolveConfig } from '#service/config/resolve.js'
import { createServer } from '#service/http/server.js'
import { ServedModels } from '#service/models/served-models.js'

/** A chain with contracts, a registered model for each bundle, and a service that serves them. */
export interface Stage {
  readonly chain: ChainWriter
  readonly verifier: Address
  /** Two consumers of the first model. */
  readonly provenDigits: readonly [Address, Address]
  readonly url: string
  readonly rpcUrl: string
  /** Gas by what it was spent on. */
  readonly gas: Readonly<Record<'deploy registry' | 'deploy verifier' | 'register model', bigint>>
  close(): Promise<void>
}

/**
 * Starts everything that the demo shows.
 * @param port TCP port of the service; 0 takes a free one
 */
export async function setStage(bundles: readonly Bundle[], port: number): Promise<Stage> {
  const anvil = await startAnvil()
  try {
    const chain = await connectChain({ rpcUrl: anvil.rpcUrl, privateKey: anvil.privateKeys[0]! })
    const { registry, verifier, gasUsed } = await deployContracts(chain)
    const registered: RegisteredModel[] = []
    for (const { manifest, verificationKey } of bundles) {
      const { name, modelHash, circuitHash } = manifest
      const setup = { kind: 'development' as const }
      registered.push(
        await registerModel(chain, { registry, name, modelHash, circuitHash, verificationKey, setup }),
      )
    }
    const first = registered[0]!
    const consumer = () =>
      deployProvenDigit(chain, { verifier, modelId: first.modelId, version: first.version })
    const provenDigits = [(await consumer()).address, (await consumer()).address] as const
    const config = resolveConfig({
      port,
      verifier,
      chainId: String(chain.chainId),
      logLevel: 'warn',
      registrations: bundles.map(
        ({ manifest }, i) => `${manifest.vkHash}=${registered[i]!.modelId}:${registered[i]!.version}`,
      ),
    })
    const server = await createServer(config, new ServedModels(bundles))
    await server.listen({ host: config.host, port: config.port })
    const { port: listening } = server.server.address() as AddressInfo
    return {
      chain,
      verifier,
      provenDigits,
      url: `http://${config.host}:${listening}`,
      rpcUrl: anvil.rpcUrl,
      gas: {
        'deploy registry': gasUsed.registry,
        'deploy verifier': gasUsed.verifier,
        'register model': first.transaction.gasUsed,
      },
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
