import { expect, test } from 'vitest'
import { scalarModulus } from '#prover/curve/bn254.js'
import { packWitness } from '#prover/r1cs/witness.js'
import { bestWindow, countMultiplications, multiScalar } from '#scripts/bench/prover/count.js'
import { distanceOf } from '#scripts/bench/prover/distance.js'
import { scalarKinds } from '#scripts/bench/prover/scalar-kinds.js'
import { syntheticCircuit } from '#scripts/bench/synthetic-circuit.js'

const none = { zeros: 5, ones: 0, others: {} }

test('zeros cost nothing, ones an addition each', () => {
  expect(multiScalar(none)).toBe(0)
  expect(multiScalar({ ...none, ones: 100 })).toBe(600)
})

test('small scalars take one window where that is cheapest, full ones as many as their bits need', () => {
  expect(bestWindow(1000, 3)).toBe(4)
  expect(multiScalar({ ...none, others: { 3: 1000 } })).toBe(1000 * 6 + 8 * 14)
  const width = bestWindow(2 ** 17, 253)
  expect(width).toBe(13)
  expect(multiScalar({ ...none, others: { 253: 2 ** 17 } })).toBe(20 * (6 * 2 ** 17 + 14 * 2 ** 12))
})

test('a few full scalars do not make the small ones dearer', () => {
  const small = multiScalar({ ...none, others: { 8: 10_000 } })
  const full = multiScalar({ ...none, others: { 253: 100 } })
  expect(multiScalar({ ...none, others: { 8: 10_000, 253: 100 } })).toBe(small + full)
})

test('transforms go there and back, and two vectors take two thirds of three', () => {
  const work = { domain: 1024, a: none, b: none, c: none }
  const three = countMultiplications({ ...work, vectors: 3 })
  const two = countMultiplications({ ...work, vectors: 2 })
  expect(three.transforms).toBe(3 * 11 * 1024 + 2 * 1024)
  expect(two.transforms).toBe(2 * 11 * 1024 + 2 * 1024)
  expect(two.h).toBe(three.h)
  expect(three).toMatchObject({ a: 0, b2: 0 })
})

test('scalars are told apart by the smaller of s and r - s, those at neutral points left out', () => {
  const scalars = packWitness([0n, 1n, scalarModulus - 1n, 5n, scalarModulus - 300n, 7n])
  expect(scalarKinds(scalars)).toEqual({ zeros: 1, ones: 2, others: { 3: 2, 9: 1 } })
  expect(scalarKinds(scalars, (index) => index < 4)).toEqual({ zeros: 1, ones: 2, others: { 3: 1 } })
})

test('the distance is what was measured against multiplications times their time', () => {
  const counts = countMultiplications({ domain: 1024, vectors: 3, a: none, b: none, c: none })
  const { parts } = distanceOf('ifma', 2, counts, { transforms: 1, h: 10 })
  expect(parts.find(({ part }) => part === 'transforms')).toEqual({
    part: 'transforms',
    multiplications: counts.transforms,
    limit: (counts.transforms * 2) / 1e6,
    measured: 1,
  })
  expect(parts.at(-1)).toMatchObject({ part: 'all', measured: 11 })
})

test("the synthetic witness is a quantised net's: half zeros, nearly half ones, few others, all small", () => {
  const { r1cs, witness } = syntheticCircuit(20_000)
  const { zeros, ones, others } = scalarKinds(witness)
  const count = Object.values(others).reduce((sum, each) => sum + each, 0)
  expect(zeros / r1cs.wireCount).toBeCloseTo(0.5, 1)
  expect(ones / r1cs.wireCount).toBeCloseTo(0.48, 1)
  expect(count / r1cs.wireCount).toBeGreaterThan(0.01)
  expect(count / r1cs.wireCount).toBeLessThan(0.03)
  expect(Math.max(...Object.keys(others).map(Number))).toBeLessThanOrEqual(16)
})
