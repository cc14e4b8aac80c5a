import { randomBytes } from 'node:crypto'
import { ZkserveError } from '#circuits/errors.js'
import { scalarModulus } from '#prover/curve/bn254.js'
import { toLittleEndian } from '#prover/curve/bytes.js'
import { CurveEngine } from '#prover/curve/engine.js'
import { combineG1 } from '#prover/curve/multi-scalar.js'
import { affineG1At } from '#prover/curve/points.js'
import type { G1Point } from '#prover/groth16.js'
import { g1Bytes } from '#prover/key/zkey-format.js'
import { type CommitmentKey, committedCount } from '#prover/weights/commitment-key.js'

/** A commitment to weights; both points are public. */
export interface WeightCommitment {
  /** M = Σ w_i·IC_i + ρ·IC_ρ. */
  readonly commitment: G1Point
  /** M′ = κ·M, made of the points times κ: shows that M is a sum of the committed points. */
  readonly spanProof: G1Point
}

/** A fresh blinding ρ, uniform in the scalar field: with it, the commitment says nothing about the weights. */
export function drawBlinding(): bigint {
  return BigInt(`0x${randomBytes(48).toString('hex')}`) % scalarModulus
}

/**
 * Commits to weights. Perfectly hiding, since ρ is uniform; binding as long as discrete logarithms are hard.
 * LeNet-5 (44,426 weights) takes about 0.2 s.
 *
 * @param weights integers below 2^53 in size, in the order of the circuit's signals
 * @param blinding ρ, below r
 * @throws ZkserveError `INVALID_KEY` if the key is for another number of weights
 */
export function commitWeights(key: CommitmentKey, weights: Float64Array, blinding: bigint): WeightCommitment {
  const expected = committedCount(key) - 1
  if (weights.length !== expected) {
    const message = `the commitment key is for ${expected} weights, the model has ${weights.length}`
    throw new ZkserveError('INVALID_KEY', message)
  }
  // An engine of its own: it holds secrets, and is overwritten.
  const engine = new CurveEngine()
  try {
    const [commitment, spanProof] = [key.points, key.shifted].map((points) =>
      combination(engine, points, weights, blinding),
    )
    return { commitment: commitment!, spanProof: spanProof! }
  } finally {
    engine.destroy()
  }
}

/** The point whose share is `blinding` is the last. */
function combination(
  engine: CurveEngine,
  points: Uint8Array,
  weights: Float64Array,
  blinding: bigint,
): G1Point {
  const { g1m_timesScalarAffine, g1m_add, g1m_isZero } = engine.operations
  const address = engine.place(points)
  const sum = combineG1(engine, address, weights)
  const blinded = engine.reserve(96)
  const scalar = engine.place(toLittleEndian(blinding))
  g1m_timesScalarAffine(address + weights.length * g1Bytes, scalar, 32, blinded)
  g1m_add(sum, blinded, sum)
  if (g1m_isZero(sum) === 1) throw new ZkserveError('INTERNAL', 'the commitment is the point at infinity')
  const [x, y] = affineG1At(engine, sum)
  return [x.toString(), y.toString(), '1']
}
