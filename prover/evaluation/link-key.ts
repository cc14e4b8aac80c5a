/**
 * Links: two commitments, under keys of two circuits, are to the same weights.
 *
 * A version of an architecture is a point M = Σ w_i·I_i + ρ·I_ρ, see `weights/commit.ts`; the same weights under the key
 * of an evaluation are M* = Σ w_i·J_i + σ·J_σ. A link key is made with secrets k₁, k₂, a that are then forgotten:
 *
 *     P_i = k₁·I_i + k₂·J_i,  P_ρ = k₁·I_ρ,  P_σ = k₂·J_σ;  A = a·G2,  C₁ = a·k₁·G2,  C₂ = a·k₂·G2
 *
 * and a link is π = Σ w_i·P_i + ρ·P_ρ + σ·P_σ = k₁·M + k₂·M*. It holds where e(π, A) = e(M, C₁)·e(M*, C₂).
 *
 * Source: Kiltz and Wee, "Quasi-adaptive NIZK for linear subspaces revisited" (2015), as the linear link of commitments
 * of Campanelli, Fiore, Querol, "LegoSNARK" (2019), section 4.
 */
import { randomFillSync } from 'node:crypto'
import { ZkserveError } from '#circuits/errors.js'
import { fieldBytes } from '#prover/curve/bn254.js'
import { CurveEngine } from '#prover/curve/engine.js'
import { type AffineG2, affineG2At } from '#prover/curve/points.js'
import { g1Bytes, g2Bytes } from '#prover/key/zkey-format.js'
import { drawScalars, type FillRandom } from '#prover/setup/secrets.js'
import { type CommitmentKey, committedCount } from '#prover/weights/commitment-key.js'

/** What verifiers of links know. */
export interface LinkVerifier {
  /** a·G2 */
  readonly base: AffineG2
  /** a·k₁·G2 */
  readonly served: AffineG2
  /** a·k₂·G2 */
  readonly evaluated: AffineG2
}

export interface LinkKey extends LinkVerifier {
  /** P of each weight, then P_ρ, then P_σ: affine, in Montgomery form, 64 bytes each. */
  readonly points: Uint8Array
}

/**
 * Makes the key of links between the versions of two architectures with the same weights in the same order.
 *
 * Whoever runs this could keep k₁ and k₂, and link any two commitments: it is for whoever made the set-up of the
 * evaluation, who could forge counts anyway.
 * @param random of the secrets; by default the operating system's. Anything else is for tests.
 * @throws ZkserveError `INVALID_KEY` where the keys are for different numbers of weights
 */
export function makeLinkKey(
  served: CommitmentKey,
  evaluated: CommitmentKey,
  random: FillRandom = randomFillSync,
): LinkKey {
  const count = committedCount(served) - 1
  if (committedCount(evaluated) - 1 !== count) {
    throw new ZkserveError('INVALID_KEY', 'the commitment keys are for different numbers of weights')
  }
  // An engine of its own: it holds secrets, and is overwritten.
  const engine = new CurveEngine()
  try {
    const [first, second, base] = drawScalars(engine, random, 3) as [number, number, number]
    const { frm_mul, frm_fromMontgomery } = engine.operations
    const [onServed, onEvaluated] = [first, second].map((scalar) => {
      const product = engine.reserve(fieldBytes)
      frm_mul(scalar, base, product)
      frm_fromMontgomery(product, product)
      return product
    })
    for (const scalar of [first, second, base]) frm_fromMontgomery(scalar, scalar)
    const [left, right] = [engine.place(served.points), engine.place(evaluated.points)]
    const points = new Uint8Array((count + 2) * g1Bytes)
    for (let i = 0; i < count + 2; i++) {
      const terms: [number, number][] = []
      if (i <= count) terms.push([left + i * g1Bytes, first])
      if (i !== count) terms.push([right + Math.min(i, count) * g1Bytes, second])
      points.set(sumOf(engine, terms), i * g1Bytes)
    }
    return {
      points,
      base: multipleOfG2(engine, base),
      served: multipleOfG2(engine, onServed!),
      evaluated: multipleOfG2(engine, onEvaluated!),
    }
  } finally {
    engine.destroy()
  }
}

/** Σ scalar · point, affine. @param terms addresses of an affine point and of a plain scalar */
function sumOf(
  engine: CurveEngine,
  terms: readonly (readonly [point: number, scalar: number])[],
): Uint8Array {
  const { g1m_timesScalarAffine, g1m_add, g1m_zero, g1m_toAffine, g1m_isZero } = engine.operations
  const mark = engine.mark()
  const [sum, product] = [engine.reserve(96), engine.reserve(96)]
  g1m_zero(sum)
  for (const [point, scalar] of terms) {
    g1m_timesScalarAffine(point, scalar, fieldBytes, product)
    g1m_add(sum, product, sum)
  }
  if (g1m_isZero(sum) === 1) throw new ZkserveError('INTERNAL', 'a point of the link key is infinity')
  g1m_toAffine(sum, sum)
  const bytes = engine.bytes(sum, g1Bytes).slice()
  engine.release(mark)
  return bytes
}

/** @param scalar address of a plain scalar */
function multipleOfG2(engine: CurveEngine, scalar: number): AffineG2 {
  const mark = engine.mark()
  const product = engine.reserve(192)
  engine.operations.g2m_timesScalar(engine.g2Generator, scalar, fieldBytes, product)
  engine.operations.g2m_toAffine(product, product)
  const point = affineG2At(engine, engine.bytes(product, g2Bytes).slice())
  engine.release(mark)
  return point
}
