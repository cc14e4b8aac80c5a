import type { Address, Hex } from 'viem'
import { inferenceOracleAbi } from '#contracts/generated/InferenceOracle.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import { toChainError } from '#service/chain/to-chain-error.js'

/** In the order of the contract's enum `Status`. */
const statuses = ['none', 'open', 'fulfilled', 'undelivered', 'refunded'] as const

/** A request to an InferenceOracle; all zero where the status is `none`. */
export interface InferenceRequest {
  readonly status: (typeof statuses)[number]
  readonly asker: Address
  readonly modelId: bigint
  readonly version: number
  /** What was escrowed, in wei. */
  readonly maxFee: bigint
  /** Last second, since 1970, at which an answer is accepted. */
  readonly deadline: number
  readonly callbackGas: number
  readonly inputSignals: number
  /** The most that the model's holder gets of the fee, in hundredths of a percent. */
  readonly royaltyBps: number
  /** keccak256 of the input's words until there is an answer, then of the statement's. */
  readonly contentHash: Hex
}

/** Reads where a request stands. @throws CHAIN_UNREACHABLE */
export async function readRequest(
  chain: ChainReader,
  { oracle, requestId }: { oracle: Address; requestId: bigint },
): Promise<InferenceRequest> {
  try {
    const { status, ...request } = await chain.client.readContract({
      address: oracle,
      abi: inferenceOracleAbi,
      functionName: 'getRequest',
      args: [requestId],
    })
    return { status: statuses[status]!, ...request }
  } catch (error) {
    throw toChainError(error)
  }
}
