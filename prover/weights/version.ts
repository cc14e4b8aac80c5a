import { committedWeights } from '#circuits/analyse/committed-weights.js'
import { ZkserveError } from '#circuits/errors.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { scalarModulus } from '#prover/curve/bn254.js'
import { parseDecimal } from '#prover/curve/decimal.js'
import type { VerificationKey } from '#prover/groth16.js'
import { keyError } from '#prover/key/parse.js'
import { isInSpan } from '#prover/key/span-check.js'
import { commitWeights, drawBlinding, type WeightCommitment } from '#prover/weights/commit.js'
import { type CommitmentKey, spanKeyPoint } from '#prover/weights/commitment-key.js'
import { foldCommitment } from '#prover/weights/fold.js'

/** What a proof of a version takes beside the input, and nobody else may know. */
export interface HiddenWeights {
  readonly weights: Float64Array
  /** ρ, below r. */
  readonly blinding: bigint
}

/** A version of an architecture: hidden weights, the commitment to them, and the key that it makes. */
export interface WeightVersion extends WeightCommitment {
  readonly hidden: HiddenWeights
  /** The architecture's key with the commitment folded in. */
  readonly verificationKey: VerificationKey
}

/**
 * Commits to a model's weights.
 *
 * @param architectureKey for the real public signals alone
 * @param blinding ρ; drawn afresh by default
 * @throws ZkserveError `INVALID_KEY` if the keys are not for the model, or not for each other
 */
export function commitModel(
  model: QModel,
  architectureKey: VerificationKey,
  commitmentKey: CommitmentKey,
  blinding: bigint = drawBlinding(),
): WeightVersion {
  const weights = committedWeights(model)
  const { commitment, spanProof } = commitWeights(commitmentKey, weights, blinding)
  if (!isInSpan(commitment, spanProof, spanKeyPoint(commitmentKey))) {
    throw keyError('span', 'the points of the commitment key do not belong to its κ·G2')
  }
  const verificationKey = foldCommitment(architectureKey, commitment)
  return { commitment, spanProof, hidden: { weights, blinding }, verificationKey }
}

/** The hidden numbers as circuit inputs: elements of the field. */
export function hiddenSignals({ weights, blinding }: HiddenWeights): {
  readonly weights: readonly bigint[]
  readonly blinding: bigint
} {
  const element = (weight: number) => (weight < 0 ? scalarModulus + BigInt(weight) : BigInt(weight))
  return { weights: Array.from(weights, element), blinding }
}

/** The text of weights.private.json. The weights themselves stand in model.q.json. */
export function blindingText(blinding: bigint): string {
  return `${JSON.stringify({ blinding: blinding.toString() })}\n`
}

/** @throws ZkserveError `INVALID_KEY` if it is no file as {@link blindingText} makes it */
export function parseBlinding(bytes: Uint8Array): bigint {
  const text = new TextDecoder().decode(bytes)
  const blinding = parseDecimal(/^\{"blinding":"(\d{1,78})"\}\n$/.exec(text)?.[1], scalarModulus)
  if (blinding === undefined) throw new ZkserveError('INVALID_KEY', 'the file of the blinding is malformed')
  return blinding
}
