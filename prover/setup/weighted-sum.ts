import { fieldBytes } from '#prover/curve/bn254.js'
import type { CurveEngine } from '#prover/curve/engine.js'
import type { GroupName } from '#prover/setup/group.js'
import { pointBytes } from '#prover/setup/multiply-task.js'

const bucketCount = 256

/**
 * Σ scalars[i] · points[i]: buckets of eight bits.
 *
 * @param points affine, in Montgomery form; infinity is all zero bytes
 * @param scalars 32 bytes each, least significant first
 * @returns address of the sum in Jacobian coordinates, the last one 1 but for infinity
 */
export function weightedSum(
  engine: CurveEngine,
  group: GroupName,
  points: Uint8Array,
  scalars: Uint8Array,
): number {
  const f = engine.operations
  const [zero, isZero, add, addMixed, double, toAffine] =
    group === 'g1'
      ? [f.g1m_zero, f.g1m_isZero, f.g1m_add, f.g1m_addMixed, f.g1m_double, f.g1m_toAffine]
      : [f.g2m_zero, f.g2m_isZero, f.g2m_add, f.g2m_addMixed, f.g2m_double, f.g2m_toAffine]
  const size = pointBytes(group)
  const jacobianBytes = 1.5 * size
  const sum = engine.reserve(jacobianBytes)
  const mark = engine.mark()
  const placed = engine.place(points)
  const [buckets, running] = [engine.reserve(bucketCount * jacobianBytes), engine.reserve(jacobianBytes)]
  const finite = Array.from({ length: points.length / size }, (_, i) => i).filter((i) =>
    points.subarray(i * size, (i + 1) * size).some((byte) => byte !== 0),
  )
  zero(sum)
  for (let digit = fieldBytes - 1; digit >= 0; digit--) {
    for (let bit = 1; bit < bucketCount; bit *= 2) double(sum, sum)
    if (finite.every((i) => scalars[i * fieldBytes + digit] === 0)) continue
    for (let bucket = 0; bucket < bucketCount; bucket++) zero(buckets + bucket * jacobianBytes)
    for (const i of finite) {
      const value = scalars[i * fieldBytes + digit]!
      const bucket = buckets + value * jacobianBytes
      if (value !== 0) addMixed(bucket, placed + i * size, bucket)
    }
    zero(running)
    for (let bucket = bucketCount - 1; bucket > 0; bucket--) {
      add(running, buckets + bucket * jacobianBytes, running)
      add(sum, running, sum)
    }
  }
  engine.release(mark)
  if (isZero(sum) === 1) return sum
  toAffine(sum, sum)
  engine.operations.f1m_one(sum + size)
  if (group === 'g2') engine.bytes(sum + size + fieldBytes, fieldBytes).fill(0)
  return sum
}
