import { type Address, encodeAbiParameters, type Hex, keccak256 } from 'viem'

/** What a job is about: this version of a model is to answer this input. */
export interface JobTerms {
  readonly modelId: bigint
  readonly version: number
  /** The public signals that stand for the input: one commitment, or the packed inputs. */
  readonly input: readonly bigint[]
}

/** A job of an escrow, done by a provider. */
export interface JobOfProvider {
  readonly commerce: Address
  readonly jobId: bigint
  readonly provider: Address
}

const termsAbi = [{ type: 'uint256' }, { type: 'uint32' }, { type: 'uint256[]' }] as const
const nonceAbi = [{ type: 'address' }, { type: 'uint256' }, { type: 'address' }] as const

/** How the description of a job on these terms begins, as the contract InferenceEvaluator reads it; 80 characters. */
export function describeTerms({ modelId, version, input }: JobTerms): string {
  const termsHash: Hex = keccak256(encodeAbiParameters(termsAbi, [modelId, version, input]))
  return `zkserve-job-1:${termsHash}`
}

/** Whether a job's description begins with these terms. */
export function isJobOf(description: string, terms: JobTerms): boolean {
  return description.startsWith(describeTerms(terms))
}

/** The nonce for which the answer is proven, with the evaluator as requester. */
export function jobNonce({ commerce, jobId, provider }: JobOfProvider): bigint {
  return BigInt(keccak256(encodeAbiParameters(nonceAbi, [commerce, jobId, provider])))
}
