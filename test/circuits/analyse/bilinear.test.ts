import { describe, expect, test } from 'vitest'
import { axisTransform, unitRows } from '#circuits/analyse/bilinear.js'
import { scalarModulus as p } from '#prover/curve/bn254.js'
import { RandomSource } from '../../support/random-source.js'

const modulo = (value: bigint): bigint => ((value % p) + p) % p

function inverse(value: bigint): bigint {
  let [result, base] = [1n, modulo(value)]
  for (let rest = p - 2n; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * base) % p
    base = (base * base) % p
  }
  return result
}

const dot = (a: readonly bigint[], b: readonly bigint[]): bigint =>
  a.reduce((sum, x, i) => sum + x * b[i]!, 0n)

describe('a convolution by evaluation and interpolation', () => {
  const shapes = [1, 2, 3, 4, 6, 8, 12].flatMap((outputs) =>
    [1, 2, 3, 5, 9].map((taps) => [outputs, taps] as const),
  )
  test.each(shapes)('equals the plain sums: %i outputs, %i taps', (outputs, taps) => {
    const transform = axisTransform(outputs, taps)
    const { points, input, kernel, output, divisors } = transform
    expect(points).toBe(outputs + taps - 1)
    const random = new RandomSource(outputs * 100 + taps)
    const draw = (count: number) => Array.from({ length: count }, () => random.bigintBelow(p))
    for (let round = 0; round < 5; round++) {
      const [weights, values] = [draw(taps), draw(points)]
      const products = input.map((row, e) =>
        modulo(dot(row, values) * dot(kernel[e]!, weights) * inverse(divisors[e]!)),
      )
      for (let j = 0; j < outputs; j++) {
        const plain = weights.reduce((sum, weight, i) => sum + weight * values[i + j]!, 0n)
        expect(modulo(products.reduce((sum, product, e) => sum + product * output[e]![j]!, 0n))).toBe(
          modulo(plain),
        )
      }
    }
  })

  test('evaluates a kernel of several taps at two points to a weight as it stands', () => {
    expect(unitRows(axisTransform(4, 5))).toBe(2)
    expect(unitRows(axisTransform(1, 1))).toBe(1)
  })
})
