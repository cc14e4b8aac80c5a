import { type Address, concatHex, type Hex, keccak256 } from 'viem'
import type { ProofWords } from '#service/chain/encode-proof-calldata.js'

/** What an asker of an InferenceOracle wants, as its event says it. */
export interface OracleRequest {
  readonly requestId: bigint
  readonly modelId: bigint
  readonly version: number
  readonly asker: Address
  /** In wei. */
  readonly maxFee: bigint
  /** Last second, since 1970, at which an answer is accepted. */
  readonly deadline: number
  readonly callbackGas: number
  /** The most that the model's holder gets of the fee, in hundredths of a percent. */
  readonly royaltyBps: number
  readonly input: readonly bigint[]
  /** What came with it for provers; empty where it is longer than anything they need. */
  readonly data: Hex
}

/** Where a request stands with a watcher; see {@link liveStates}. */
export type RequestState = 'open' | 'proving' | 'proven' | 'sent' | 'fulfilled' | 'lost' | 'skipped' | 'gone'

/** States that something follows: `open`, nothing was decided; `proving`; `proven`; `sent`, by a transaction. */
export const liveStates = ['open', 'proving', 'proven', 'sent'] as const satisfies readonly RequestState[]

/**
 * Why a request was not answered, or not by us. `UNDERPAID`: the fee after royalty does not cover gas, margin and
 * price. `NO_OPENING`: nobody told the input behind the commitment in time. `INPUT_INVALID`: what was told is no input
 * of the model. `ANSWERED`, `REFUNDED`: by others. `REORGANISED`: the chain has no such request any more.
 */
export type EndReason =
  | 'UNKNOWN_MODEL'
  | 'VERSION_REVOKED'
  | 'UNDERPAID'
  | 'TOO_LATE'
  | 'CALLBACK_TOO_LARGE'
  | 'NO_OPENING'
  | 'INPUT_INVALID'
  | 'PROOF_FAILED'
  | 'ANSWER_REFUSED'
  | 'ANSWERED'
  | 'REFUNDED'
  | 'REORGANISED'

/** An {@link OracleRequest} as JSON: large numbers in decimal. */
export type StoredQuestion = {
  readonly [Name in keyof OracleRequest]: OracleRequest[Name] extends bigint
    ? string
    : OracleRequest[Name] extends readonly bigint[]
      ? string[]
      : OracleRequest[Name]
}

/** A proven answer as JSON; payee is the watcher's account. */
export interface StoredAnswer {
  readonly fee: string
  readonly proof: string[]
  readonly statement: string[]
}

/** Bytes of `data` that are kept: an opening of a large picture fits. */
const longestData = 65_536

export function storeQuestion(request: OracleRequest): StoredQuestion {
  const { requestId, modelId, maxFee, input, data, ...rest } = request
  return {
    ...rest,
    requestId: String(requestId),
    modelId: String(modelId),
    maxFee: String(maxFee),
    input: input.map(String),
    data: data.length > 2 + 2 * longestData ? '0x' : data,
  }
}

export function readQuestion(stored: StoredQuestion): OracleRequest {
  const { requestId, modelId, maxFee, input, ...rest } = stored
  return {
    ...rest,
    requestId: BigInt(requestId),
    modelId: BigInt(modelId),
    maxFee: BigInt(maxFee),
    input: input.map(BigInt),
  }
}

export function readAnswer({ fee, proof, statement }: StoredAnswer): {
  readonly fee: bigint
  readonly proof: ProofWords
  readonly statement: readonly bigint[]
} {
  return {
    fee: BigInt(fee),
    proof: proof.map(BigInt) as unknown as ProofWords,
    statement: statement.map(BigInt),
  }
}

/** Hash of an event's whole content: two requests with the same are the same question. */
export function digestOf({ topics, data }: { readonly topics: readonly Hex[]; readonly data: Hex }): Hex {
  return keccak256(concatHex([...topics, data]))
}
