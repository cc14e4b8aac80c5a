import { bn254 } from '@noble/curves/bn254'
import { describe, expect, test } from 'vitest'
import { arithmeticOf, bytesOf, numbersOf, runnableBuilds } from '../../support/native-builds.js'
import { RandomSource } from '../../support/random-source.js'

const fields = [
  { name: 'baseField', field: bn254.fields.Fp },
  { name: 'scalarField', field: bn254.fields.Fr },
] as const

describe.each(runnableBuilds)('the %s build', (build) => {
  const arithmetic = arithmeticOf(build)

  test.each(fields)('$name: sums, products and inverses of any two numbers', ({ name, field }) => {
    const p = field.ORDER
    const extremes = [0n, 1n, 2n, p - 1n, p - 2n, p / 2n, p / 2n + 1n]
    for (const power of [31n, 32n, 51n, 52n, 63n, 64n, 104n, 128n, 156n, 192n, 208n, 253n]) {
      extremes.push((1n << power) - 1n, 1n << power, (1n << power) + 1n)
    }
    const pairs = extremes.flatMap((a) => extremes.map((b) => [a, b] as const))
    const random = new RandomSource(3)
    for (let i = 0; i < 1003; i++) pairs.push([random.bigintBelow(p), random.bigintBelow(p)])
    const results = numbersOf(
      arithmetic[name](bytesOf(pairs.map(([a]) => a)), bytesOf(pairs.map(([, b]) => b))),
    )
    for (const [index, [a, b]] of pairs.entries()) {
      const expected = [
        field.add(a, b),
        field.sub(a, b),
        field.mul(a, b),
        field.sqr(a),
        a === 0n ? 0n : field.inv(a),
        field.sub(field.mul(a, field.sub(a, b)), b),
      ]
      expect(results.slice(index * 6, index * 6 + 6), `${a} and ${b}`).toEqual(expected)
    }
  })

  test.each(fields)('$name: numbers from the order on are refused', ({ name, field }) => {
    for (const number of [field.ORDER, field.ORDER + 1n, (1n << 256n) - 1n]) {
      expect(() => arithmetic[name](bytesOf([number]), bytesOf([0n]))).toThrow(/exceeds the field/)
    }
  })
})
