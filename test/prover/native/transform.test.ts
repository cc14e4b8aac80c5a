import { describe, expect, test } from 'vitest'
import { scalarModulus } from '#prover/curve/bn254.js'
import { interpolate, rootOfOrder, toOddCoset } from '#prover/native/reference/transform.js'
import { arithmeticOf, bytesOf, numbersOf, runnableBuilds } from '../../support/native-builds.js'
import { RandomSource } from '../../support/random-source.js'

const r = scalarModulus

/** Vectors that show wrong orders, lost reductions and missed carries. */
function vectorsOf(size: number, random: RandomSource): bigint[][] {
  const extremes = [
    0n,
    1n,
    2n,
    r - 1n,
    r - 2n,
    (1n << 64n) - 1n,
    1n << 64n,
    (1n << 52n) - 1n,
    (1n << 253n) + 1n,
  ]
  return [
    Array(size).fill(0n),
    Array(size).fill(r - 1n),
    Array.from({ length: size }, (_, i) => (i === size - 1 ? 1n : 0n)),
    Array.from({ length: size }, (_, i) => (i % 2 === 0 ? r - 1n : 1n)),
    Array.from({ length: size }, () => random.pick(extremes)),
    Array.from({ length: size }, () => random.bigintBelow(r)),
  ]
}

test('the slow transform interpolates: its polynomial has the values that it was made from', () => {
  const random = new RandomSource(40)
  for (const power of [0, 1, 2, 3, 5]) {
    const values = Array.from({ length: 2 ** power }, () => random.bigintBelow(r))
    const root = rootOfOrder(power)
    const at = (coefficients: readonly bigint[], x: bigint) =>
      coefficients.reduceRight((sum, coefficient) => (sum * x + coefficient) % r, 0n)
    const coefficients = interpolate(values, root)
    const shift = rootOfOrder(power + 1)
    const moved = toOddCoset(values)
    let x = 1n
    for (const [index, value] of values.entries()) {
      expect(at(coefficients, x)).toBe(value)
      expect(at(coefficients, (x * shift) % r)).toBe(moved[index])
      x = (x * root) % r
    }
  }
})

describe.each(runnableBuilds)('the %s build', (build) => {
  test('moves values to the odd coset as the slow transform does', () => {
    const random = new RandomSource(41)
    for (const power of [3, 4, 5, 6, 7, 8, 9, 10, 11]) {
      const all = vectorsOf(2 ** power, random)
      for (const [index, values] of (power < 9 ? all : all.slice(-2)).entries()) {
        const moved = numbersOf(arithmeticOf(build).toOddCoset(bytesOf(values)))
        expect(moved, `2^${power}, vector ${index}`).toEqual(toOddCoset(values))
      }
    }
  })

  test('refuses lengths that are no power of two, and numbers from the order on', () => {
    expect(() => arithmeticOf(build).toOddCoset(bytesOf(Array(9).fill(1n)))).toThrow(/no such transform/)
    expect(() => arithmeticOf(build).toOddCoset(bytesOf(Array(8).fill(r)))).toThrow(/exceeds the field/)
  })
})
