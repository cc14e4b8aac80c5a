import type { Address, Hex } from 'viem'
import { modelRegistryAbi } from '#contracts/generated/ModelRegistry.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import { toChainError } from '#service/chain/to-chain-error.js'

const statuses = ['none', 'active', 'deprecated', 'revoked'] as const
const setups = ['development', 'production'] as const

/** A version of a model as the registry holds it. */
export interface ModelVersion {
  readonly modelHash: Hex
  readonly circuitHash: Hex
  readonly vkHash: Hex
  readonly uri: string
  readonly status: (typeof statuses)[number]
  /** As its publisher declared it. */
  readonly setup: (typeof setups)[number]
  /** Hash of the ceremony's transcript; zero for a development key. */
  readonly transcriptHash: Hex
  readonly inputSignals: number
  readonly outputSignals: number
}

/** Reads a version of a model. @throws CHAIN_REJECTED (VersionNotFound), CHAIN_UNREACHABLE */
export async function readModel(
  chain: ChainReader,
  { registry, modelId, version }: { registry: Address; modelId: bigint; version: number },
): Promise<ModelVersion> {
  try {
    const [commitment, info, transcriptHash] = await chain.client.readContract({
      address: registry,
      abi: modelRegistryAbi,
      functionName: 'getVersion',
      args: [modelId, version],
    })
    const { modelHash, circuitHash, vkHash, uri } = commitment
    const { inputSignals, outputSignals } = info
    const status = statuses[info.status]!
    const setup = setups[info.setup]!
    return { modelHash, circuitHash, vkHash, uri, status, setup, transcriptHash, inputSignals, outputSignals }
  } catch (error) {
    throw toChainError(error)
  }
}
