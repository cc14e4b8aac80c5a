import { bn254 } from '@noble/curves/bn254'
import { describe, expect, test } from 'vitest'
import { arithmeticOf, bytesOf, numbersOf, runnableBuilds } from '../../support/native-builds.js'
import { RandomSource } from '../../support/random-source.js'

const r = bn254.fields.Fr.ORDER
const G1 = bn254.G1.ProjectivePoint
const G2 = bn254.G2.ProjectivePoint

/** Multiples of the generator by their logarithms, so that one multiplication judges any sum; 0 is infinity. */
const groups = {
  multiplyG1: {
    coordinates: (logarithm: bigint) => {
      if (logarithm === 0n) return [0n, 0n]
      const { x, y } = G1.BASE.multiply(logarithm).toAffine()
      return [x, y]
    },
  },
  multiplyG2: {
    coordinates: (logarithm: bigint) => {
      if (logarithm === 0n) return [0n, 0n, 0n, 0n]
      const { x, y } = G2.BASE.multiply(logarithm).toAffine()
      return [x.c0, x.c1, y.c0, y.c1]
    },
  },
}
type Group = keyof typeof groups

/** Coordinates of few logarithms, each worked out once. */
const known = { multiplyG1: new Map<bigint, bigint[]>(), multiplyG2: new Map<bigint, bigint[]>() }
function coordinatesOf(group: Group, logarithm: bigint): bigint[] {
  const found = known[group].get(logarithm) ?? groups[group].coordinates(logarithm)
  known[group].set(logarithm, found)
  return found
}

function check(
  build: (typeof runnableBuilds)[number],
  group: Group,
  logarithms: bigint[],
  scalars: bigint[],
) {
  const points = bytesOf(logarithms.flatMap((each) => coordinatesOf(group, each)))
  const sum = logarithms.reduce((sum, each, i) => (sum + each * scalars[i]!) % r, 0n)
  const result = numbersOf(arithmeticOf(build)[group](points, bytesOf(scalars)))
  expect(result).toEqual(groups[group].coordinates(sum))
}

const extremes = [
  0n,
  1n,
  2n,
  r - 1n,
  r - 2n,
  r / 2n,
  r / 2n + 1n,
  1n << 253n,
  (1n << 64n) - 1n,
  (1n << 64n) + 1n,
]
const pool = Array.from({ length: 40 }, (_, i) => [0n, 1n, r - 1n, 2n, r - 2n][i] ?? BigInt(i * i + 3))

describe.each(runnableBuilds)('the %s build', (build) => {
  describe.each(['multiplyG1', 'multiplyG2'] as const)('%s', (group) => {
    const times = group === 'multiplyG1' ? 8 : 4

    test('no point, one point, each extreme scalar', () => {
      check(build, group, [], [])
      for (const scalar of extremes) {
        check(build, group, [7n], [scalar])
        check(build, group, [0n], [scalar])
      }
    })

    test('P + P, P - P, sums that vanish and come back', () => {
      for (const scalar of extremes) {
        check(build, group, [5n, 5n], [scalar, scalar])
        check(build, group, [5n, r - 5n], [scalar, scalar])
        check(build, group, [5n, r - 5n, 9n], [scalar, scalar, 1n])
        check(build, group, [5n, r - 5n, 3n, r - 3n, 4n, 4n, 0n, 6n], Array(8).fill(scalar))
      }
    })

    test('random points and scalars, repeated and in arithmetic progression', () => {
      const random = new RandomSource(11)
      for (let round = 0; round < times; round++) {
        const count = 1 + random.below(900)
        const logarithms = Array.from({ length: count }, (_, i) =>
          round % 2 === 0 ? random.pick(pool) : BigInt(1 + (i % 300)),
        )
        const scalars = logarithms.map(() =>
          random.below(3) === 0 ? random.pick(extremes) : random.bigintBelow(r),
        )
        check(build, group, logarithms, scalars)
      }
    })

    test('sizes around vectors and batches, all scalars alike', () => {
      const random = new RandomSource(12)
      const sizes = [7, 8, 9, 15, 16, 17, 31, 33, 1023, 1025, 2047, 2049, 4095, 4097, 8191, 8193, 10241]
      for (const size of sizes) {
        const logarithms = Array.from({ length: size }, () => random.pick(pool))
        check(build, group, logarithms, Array(size).fill(size < 100 ? r - 1n : 1n))
      }
      for (const scalar of [3n, r - 3n, 1n << 253n]) {
        const logarithms = Array.from({ length: 600 }, (_, i) => BigInt(1 + (i % 300)))
        check(build, group, logarithms, Array(600).fill(scalar))
      }
    })

    test('sizes around lanes, points that all differ, scalars of every length', () => {
      const random = new RandomSource(13)
      const lengths = [1, 2, 8, 13, 31, 32, 33, 64, 65, 128, 192, 253, 254]
      for (const [round, size] of [1, 2, 7, 8, 9, 63, 64, 65, 255, 257].entries()) {
        const logarithms = Array.from({ length: size }, (_, i) => BigInt(i * 3 + 1 + round))
        const any = () => random.bigintBelow(1n << BigInt(random.pick(lengths))) % r
        check(build, group, logarithms, logarithms.map(any))
        check(
          build,
          group,
          logarithms,
          logarithms.map(() => r - BigInt(random.below(20)) - 1n),
        )
        check(
          build,
          group,
          logarithms,
          logarithms.map(() => BigInt(random.below(3))),
        )
      }
    })

    test('so many long scalars that the widest windows serve', () => {
      const random = new RandomSource(14)
      const size = group === 'multiplyG1' ? 33_000 : 17_000
      const logarithms = Array.from({ length: size }, () => random.pick(pool))
      const scalars = logarithms.map((_, i) => (i % 50 === 0 ? random.pick(extremes) : random.bigintBelow(r)))
      check(build, group, logarithms, scalars)
    })

    test('numbers from the order on are refused', () => {
      const point = bytesOf(coordinatesOf(group, 1n))
      expect(() => arithmeticOf(build)[group](point, bytesOf([r]))).toThrow(/exceeds the field/)
      expect(() => arithmeticOf(build)[group](point, bytesOf([1n, 1n]))).toThrow(/differ in number/)
    })
  })
})
