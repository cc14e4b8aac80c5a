import type { Address } from 'viem'
import { inferenceVerifierAbi } from '#contracts/generated/InferenceVerifier.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import type { Inference } from '#service/chain/encode-proof-calldata.js'
import { toChainError } from '#service/chain/to-chain-error.js'

/** InferenceVerifier's verdicts, in the order of its enum. */
export const verdicts = [
  'Valid',
  'VersionUnknown',
  'VersionRevoked',
  'StatementLengthWrong',
  'SignalOutOfField',
  'ProofInvalid',
  'RequesterWrong',
  'NonceSpent',
] as const

export type Verdict = (typeof verdicts)[number]

/** An inference by one version of a model, for a verifier. */
export interface InferenceQuery {
  readonly verifier: Address
  readonly modelId: bigint
  readonly version: number
  readonly inference: Inference
}

/** What the verifier contract says of a proof; costs nothing and changes nothing. @throws CHAIN_UNREACHABLE */
export async function checkInference(chain: ChainReader, query: InferenceQuery): Promise<Verdict> {
  try {
    const verdict = await chain.client.readContract({
      address: query.verifier,
      abi: inferenceVerifierAbi,
      functionName: 'check',
      args: [query.modelId, query.version, query.inference],
    })
    return verdicts[verdict]!
  } catch (error) {
    throw toChainError(error)
  }
}
