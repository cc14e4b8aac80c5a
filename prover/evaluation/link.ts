import { toLittleEndian } from '#prover/curve/bytes.js'
import { CurveEngine, sharedEngine } from '#prover/curve/engine.js'
import { combineG1 } from '#prover/curve/multi-scalar.js'
import { type AffineG2, affineG1At, placeG1, placeG2 } from '#prover/curve/points.js'
import type { LinkKey, LinkVerifier } from '#prover/evaluation/link-key.js'
import type { G1Point } from '#prover/groth16.js'
import { parseCommitmentPoint } from '#prover/key/span-check.js'
import { g1Bytes } from '#prover/key/zkey-format.js'
import type { HiddenWeights } from '#prover/weights/version.js'

/**
 * Shows that a served version and an evaluated one have the same weights: π of `link-key.ts`.
 * @param served weights and blinding ρ of the version
 * @param evaluatedBlinding σ, of the commitment under the evaluation's key
 */
export function proveLink(
  key: LinkKey,
  { weights, blinding }: HiddenWeights,
  evaluatedBlinding: bigint,
): G1Point {
  // An engine of its own: it holds secrets, and is overwritten.
  const engine = new CurveEngine()
  try {
    const { g1m_timesScalarAffine, g1m_add } = engine.operations
    const address = engine.place(key.points)
    const sum = combineG1(engine, address, weights)
    const product = engine.reserve(96)
    ;[blinding, evaluatedBlinding].forEach((scalar, i) => {
      const point = address + (weights.length + i) * g1Bytes
      g1m_timesScalarAffine(point, engine.place(toLittleEndian(scalar)), 32, product)
      g1m_add(sum, product, sum)
    })
    const [x, y] = affineG1At(engine, sum)
    return [x.toString(), y.toString(), '1']
  } finally {
    engine.destroy()
  }
}

/**
 * Whether e(π, A) = e(M, C₁)·e(M*, C₂).
 * @param commitments M of the served version, and M* under the evaluation's key
 * @throws ZkserveError `INVALID_KEY` if a point is malformed or infinity
 */
export function verifyLink(
  { base, served, evaluated }: LinkVerifier,
  commitments: readonly [served: G1Point, evaluated: G1Point],
  link: G1Point,
): boolean {
  const [left, right, proof] = [...commitments, link].map((point) => parseCommitmentPoint('link', point))
  const engine = sharedEngine()
  const mark = engine.mark()
  const { g1m_neg, bn128_pairingEq3 } = engine.operations
  const negated = placeG1(engine, proof!)
  g1m_neg(negated, negated)
  const at = (point: AffineG2) => placeG2(engine, point)
  const pairs = [
    negated,
    at(base),
    placeG1(engine, left!),
    at(served),
    placeG1(engine, right!),
    at(evaluated),
  ]
  const holds = bn128_pairingEq3(...pairs, engine.targetOne) === 1
  engine.release(mark)
  return holds
}
