import { g2Generator } from '#prover/curve/bn254.js'
import { sharedEngine } from '#prover/curve/engine.js'
import { parseG1, parseG2 } from '#prover/curve/parse-point.js'
import { type AffineG1, type AffineG2, placeG1, placeG2 } from '#prover/curve/points.js'
import type { G2Point } from '#prover/groth16.js'
import { keyError, type ParsedVerificationKey } from '#prover/key/parse.js'

/**
 * Whether a commitment to weights is a sum of the points that it may be made of: e(M, κ·G2) = e(M′, G2).
 *
 * Multiples by κ are known of the committed signals' points alone. Without this check a model's owner could commit
 * to M + t·IC_output, and every proof would also hold for outputs smaller by t.
 *
 * Source: knowledge of exponent, as in Groth, "Short pairing-based non-interactive zero-knowledge arguments" (2010).
 *
 * @param spanKey κ·G2, by {@link parseSpanKey}
 * @throws ZkserveError `INVALID_KEY` if a point is malformed or infinity
 */
export function isInSpan(commitment: unknown, spanProof: unknown, spanKey: AffineG2): boolean {
  const point = parseCommitmentPoint('commitment', commitment)
  const proof = parseCommitmentPoint('span proof', spanProof)
  const engine = sharedEngine()
  const mark = engine.mark()
  const { g1m_neg, bn128_pairingEq2 } = engine.operations
  const negated = placeG1(engine, point)
  g1m_neg(negated, negated)
  const pairs = [negated, placeG2(engine, spanKey), placeG1(engine, proof), placeG2(engine, g2Generator)]
  const holds = bn128_pairingEq2(...pairs, engine.targetOne) === 1
  engine.release(mark)
  return holds
}

/**
 * Reads κ·G2, and refuses one for which κ, or a multiple of G1 by κ, is known from the key it belongs to: ±G2, ±β,
 * ±γ and ±δ.
 *
 * @throws ZkserveError `INVALID_KEY` with `details.rule` = `span` or that of the point
 */
export function parseSpanKey(spanKey: unknown, { beta, gamma, delta }: ParsedVerificationKey): AffineG2 {
  const parsed = parseG2(spanKey)
  if ('fault' in parsed) throw keyError('span', `κ·G2 ${parsed.fault}`)
  const [x] = parsed.point
  for (const [known] of [g2Generator, beta, gamma, delta]) {
    if (known[0] === x[0] && known[1] === x[1]) {
      throw keyError('span', 'κ·G2 is a point of which multiples of G1 are known: any commitment would pass')
    }
  }
  return parsed.point
}

/** A finite point of G1. @throws ZkserveError `INVALID_KEY` */
export function parseCommitmentPoint(name: string, value: unknown): AffineG1 {
  const parsed = parseG1(value)
  if ('fault' in parsed) throw keyError('span', `the ${name} of the weights ${parsed.fault}`)
  return parsed.point
}

/** Coordinates as snarkjs writes points of G2. */
export function g2PointOf([x, y]: AffineG2): G2Point {
  return [
    [x[0].toString(), x[1].toString()],
    [y[0].toString(), y[1].toString()],
    ['1', '0'],
  ]
}
