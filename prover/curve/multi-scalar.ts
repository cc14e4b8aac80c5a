import type { CurveEngine } from '#prover/curve/engine.js'

const affineBytes = 64
const jacobianBytes = 96
/** Digits are signed, −128 … 127, so that weights of 8 bits take one round. */
const radix = 256
const bucketCount = radix / 2

/**
 * Σ scalars[i] · points[i] in G1 for small signed integers: one mixed addition a nonzero digit.
 *
 * Source: Pippenger's buckets, as in Bernstein, Doumen, Lange, Oosterwijk, "Faster batch forgery identification"
 * (2012), section 4, with signed digits.
 *
 * @param points address of affine points in Montgomery form, 64 bytes each, none at infinity
 * @param scalars integers below 2^53 in size
 * @returns address of the sum, Jacobian, 96 bytes
 */
export function combineG1(engine: CurveEngine, points: number, scalars: Float64Array): number {
  const { g1m_zero, g1m_add, g1m_double } = engine.operations
  const sum = engine.reserve(jacobianBytes)
  g1m_zero(sum)
  const mark = engine.mark()
  const buckets = engine.reserve(bucketCount * jacobianBytes)
  const digits = signedDigits(scalars)
  for (let round = digits.length - 1; round >= 0; round--) {
    for (let bit = 1; bit < radix; bit *= 2) g1m_double(sum, sum)
    fillBuckets(engine, points, digits[round]!, buckets)
    g1m_add(sum, weighBuckets(engine, buckets), sum)
  }
  engine.release(mark)
  return sum
}

/** The scalars in base 256, least significant digit first: one array a digit. */
function signedDigits(scalars: Float64Array): Int16Array[] {
  const rounds: Int16Array[] = []
  let rest = Float64Array.from(scalars)
  while (rest.some((value) => value !== 0)) {
    const digits = Int16Array.from(rest, (value) => {
      const shifted = (value + bucketCount) % radix
      return (shifted < 0 ? shifted + radix : shifted) - bucketCount
    })
    rounds.push(digits)
    rest = rest.map((value, i) => (value - digits[i]!) / radix)
  }
  return rounds
}

/** Bucket d becomes the sum of the points with digit d, minus those with digit −d. */
function fillBuckets(engine: CurveEngine, points: number, digits: Int16Array, buckets: number): void {
  const { g1m_zero, g1m_addMixed, f1m_neg, f1m_copy } = engine.operations
  const opposite = engine.reserve(affineBytes)
  for (let bucket = 0; bucket < bucketCount; bucket++) g1m_zero(buckets + bucket * jacobianBytes)
  digits.forEach((digit, i) => {
    if (digit === 0) return
    const point = points + i * affineBytes
    const bucket = buckets + (Math.abs(digit) - 1) * jacobianBytes
    if (digit > 0) {
      g1m_addMixed(bucket, point, bucket)
      return
    }
    f1m_copy(point, opposite)
    f1m_neg(point + affineBytes / 2, opposite + affineBytes / 2)
    g1m_addMixed(bucket, opposite, bucket)
  })
}

/** Address of Σ d · bucket_d, by running sums from the largest digit down. */
function weighBuckets(engine: CurveEngine, buckets: number): number {
  const { g1m_zero, g1m_add } = engine.operations
  const running = engine.reserve(jacobianBytes)
  const total = engine.reserve(jacobianBytes)
  g1m_zero(running)
  g1m_zero(total)
  for (let bucket = bucketCount - 1; bucket >= 0; bucket--) {
    g1m_add(running, buckets + bucket * jacobianBytes, running)
    g1m_add(total, running, total)
  }
  return total
}
