import { bn254 } from '@noble/curves/bn254'
import { describe, expect, test } from 'vitest'
import { baseModulus, scalarModulus } from '#prover/curve/bn254.js'
import { type Field, Fq, Fq2, Fr, power, type Quadratic } from '#prover/native/reference/field.js'
import {
  add,
  G1,
  G2,
  type Group,
  multiply,
  multiplyFixed,
  negate,
  type Point,
} from '#prover/native/reference/group.js'
import { readReferenceKey } from '#prover/native/reference/key.js'
import { proveReference, type ReferenceProof } from '#prover/native/reference/prove.js'
import { readWitness } from '#prover/r1cs/witness.js'
import { arithmeticOf, bytesOf, numbersOf, runnableBuilds } from '../../support/native-builds.js'
import { provenCircuit } from '../../support/proven-circuit.js'
import { RandomSource } from '../../support/random-source.js'

const extremes = [0n, 1n, 2n, (1n << 52n) - 1n, 1n << 52n, (1n << 64n) - 1n, 1n << 64n, (1n << 64n) + 1n]
const random = new RandomSource(50)

const g1Numbers = (point: Point<bigint>): bigint[] => (point === null ? [0n, 0n] : [...point])
const g2Numbers = (point: Point<Quadratic>): bigint[] => (point === null ? [0n, 0n, 0n, 0n] : point.flat())
const proofNumbers = ({ a, b, c }: ReferenceProof): bigint[] => [
  ...g1Numbers(a),
  ...g2Numbers(b),
  ...g1Numbers(c),
]

describe('the slow arithmetic keeps the laws of', () => {
  const any = (order: bigint): bigint[] => [
    ...extremes,
    order - 1n,
    order - 2n,
    ...[0, 0, 0].map(() => random.bigintBelow(order)),
  ]
  const pairs = any(baseModulus).map((a) => [a, random.bigintBelow(baseModulus)] as const)

  test('fields', () => {
    check(Fq, any(baseModulus), baseModulus)
    check(Fr, any(scalarModulus), scalarModulus)
    check(Fq2, pairs, baseModulus ** 2n)
  })

  function check<Value>(field: Field<Value>, values: readonly Value[], order: bigint): void {
    for (const a of values) {
      expect(power(field, a, order)).toEqual(a)
      if (!field.equals(a, field.zero)) expect(field.multiply(a, field.invert(a))).toEqual(field.one)
      for (const b of values) {
        const [c] = values
        expect(field.add(field.subtract(a, b), b)).toEqual(a)
        expect(field.multiply(a, field.add(b, c!))).toEqual(
          field.add(field.multiply(b, a), field.multiply(c!, a)),
        )
      }
    }
  }

  test('groups: of the generators’ order, with noble-curves’ multiples', () => {
    const scalars = [0n, 1n, 2n, 3n, scalarModulus - 1n, scalarModulus, random.bigintBelow(scalarModulus)]
    const noble = (group: 'G1' | 'G2', scalar: bigint) => {
      const { BASE, ZERO } = bn254[group].ProjectivePoint
      const point = scalar % scalarModulus === 0n ? ZERO : BASE.multiply(scalar % scalarModulus)
      return point.is0() ? null : point.toAffine()
    }
    for (const [index, point] of multiplyFixed(G1, G1.generator, scalars).entries()) {
      const expected = noble('G1', scalars[index]!) as { x: bigint; y: bigint } | null
      expect(point).toEqual(expected && [expected.x, expected.y])
      expect(multiply(G1, [G1.generator], [scalars[index]!])).toEqual(point)
    }
    for (const [index, point] of multiplyFixed(G2, G2.generator, scalars).entries()) {
      type Coordinate = { c0: bigint; c1: bigint }
      const expected = noble('G2', scalars[index]!) as { x: Coordinate; y: Coordinate } | null
      expect(g2Numbers(point)).toEqual(
        expected ? [expected.x.c0, expected.x.c1, expected.y.c0, expected.y.c1] : [0n, 0n, 0n, 0n],
      )
      expect(multiply(G2, [G2.generator], [scalars[index]!])).toEqual(point)
    }
  })
})

describe('every build', () => {
  test('sums points as the slow arithmetic: neutral, equal, opposite, in progression', () => {
    compare(G1, 'multiplyG1', g1Numbers)
    compare(G2, 'multiplyG2', g2Numbers)
  })

  function compare<Value>(
    group: Group<Value>,
    name: 'multiplyG1' | 'multiplyG2',
    numbers: (point: Point<Value>) => bigint[],
  ): void {
    const step = multiply(group, [group.generator], [random.bigintBelow(scalarModulus)])
    const progression = [step]
    while (progression.length < 12) progression.push(add(group, progression.at(-1)!, step))
    const lists: Point<Value>[][] = [
      [null],
      [step],
      [null, null, step],
      [step, step],
      [step, negate(group, step)],
      [step, negate(group, step), null, step, step, negate(group, step)],
      Array(9).fill(step),
      progression,
      [...progression, ...progression.map((point) => negate(group, point)).reverse()],
    ]
    for (const points of lists) {
      const lists = [
        points.map(() => 1n),
        points.map(() => scalarModulus - 1n),
        points.map((_, i) => BigInt(i)),
        points.map((_, i) => extremes[i % extremes.length]!),
        points.map((_, i) => scalarModulus - 1n - BigInt(i % 3)),
        points.map(() => random.bigintBelow(scalarModulus)),
      ]
      for (const scalars of lists) {
        const expected = numbers(multiply(group, points, scalars))
        for (const build of runnableBuilds) {
          const sum = arithmeticOf(build)[name](bytesOf(points.flatMap(numbers)), bytesOf(scalars))
          expect(numbersOf(sum), build).toEqual(expected)
        }
      }
    }
  }

  test('proves what the slow prover proves with the same blinding, honest or not', async () => {
    const key = await provenCircuit()
    const slow = readReferenceKey(key.zkey)
    const honest = numbersOf(readWitness(key.witness))
    const witnesses = [
      honest,
      honest.map((_, i) => (i === 0 ? 1n : 0n)),
      honest.map((_, i) => (i === 0 ? 1n : scalarModulus - 1n)),
      honest.map((_, i) => (i === 0 ? 1n : random.bigintBelow(scalarModulus))),
    ]
    const blindings = [
      [0n, 0n],
      [1n, scalarModulus - 1n],
      [random.bigintBelow(scalarModulus), random.bigintBelow(scalarModulus)],
    ] as const
    for (const witness of witnesses) {
      for (const blinding of blindings) {
        const expected = proofNumbers(proveReference(slow, witness, blinding))
        for (const build of runnableBuilds) {
          const proof = arithmeticOf(build).prove(key.zkey, bytesOf(witness), bytesOf(blinding), 2)
          expect(numbersOf(proof), build).toEqual(expected)
        }
      }
    }
  })
})
