import type { Address } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { ProofWithSignals } from '#prover/groth16.js'
import { parseProof } from '#prover/proof/parse.js'

/** The eight words of a proof's points: A.x, A.y, B.x.c1, B.x.c0, B.y.c1, B.y.c0, C.x, C.y. */
export type ProofWords = readonly [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint]

/** The contracts' struct `Inference`. */
export interface Inference {
  readonly proof: ProofWords
  /** All public signals but the last, the context, which the contract computes. */
  readonly statement: readonly bigint[]
  readonly requester: Address
  readonly nonce: bigint
}

/** A proof in snarkjs' form and whom it was made for. */
export interface BoundProof extends ProofWithSignals {
  readonly requester: Address
  readonly nonce: bigint
}

/**
 * A proof as InferenceVerifier and its consumers take it.
 *
 * @throws INVALID_PROOF if the proof is malformed or has no public signals.
 */
export function encodeProofCalldata({ proof, publicSignals, requester, nonce }: BoundProof): Inference {
  const { a, b, c, signals } = parseProof({ proof, publicSignals })
  if (signals.length === 0) throw new ZkserveError('INVALID_PROOF', 'the proof has no public signals')
  const [x, y] = b
  return {
    proof: [a[0], a[1], x[1], x[0], y[1], y[0], c[0], c[1]],
    statement: signals.slice(0, -1),
    requester,
    nonce,
  }
}
