import { expect, test } from 'vitest'
import { decodePlan, encodePlan } from '#prover/witness/plan/encode.js'
import { stepKinds, type WitnessPlan } from '#prover/witness/plan/plan.js'

/** One input wire; forms of one pattern. */
function planOf(terms: number, forms: number, steps: readonly number[], offset = 0): WitnessPlan {
  return {
    wireCount: 2,
    inputs: [{ name: 'x', count: 1 }],
    inputWires: Uint32Array.of(1),
    lows: Float64Array.of(Number.NaN),
    highs: Float64Array.of(Number.NaN),
    coefficients: new Uint8Array(32),
    forms: {
      patternStarts: Uint32Array.of(0, terms),
      offsets: new Int32Array(terms).fill(offset),
      factors: new Uint32Array(terms),
      patterns: new Uint32Array(forms),
      bases: new Uint32Array(forms).fill(1),
      constants: new Uint32Array(forms),
    },
    steps: Uint32Array.from(steps),
  }
}

const refused = expect.objectContaining({ code: 'INVALID_CIRCUIT' })

test('a long pattern in very many forms is looked through once', () => {
  expect(decodePlan(encodePlan(planOf(500_000, 500_000, [])))?.wireCount).toBe(2)
  for (const offset of [-2, 1, 2 ** 31 - 1, -(2 ** 31)]) {
    expect(() => decodePlan(encodePlan(planOf(3, 1, [], offset))), `${offset}`).toThrow(refused)
  }
  expect(decodePlan(encodePlan(planOf(3, 1, [], -1)))).not.toBeNull()
})

test('more bits than a number has are refused, before anything is computed', () => {
  for (const kind of [stepKinds.numberBits, stepKinds.fieldBits]) {
    const bits = (count: number) => [kind, 0, 1, 1, count, ...new Array<number>(count).fill(1)]
    expect(decodePlan(encodePlan(planOf(1, 1, bits(253))))).not.toBeNull()
    for (const count of [256, 100_000]) {
      expect(() => decodePlan(encodePlan(planOf(1, 1, bits(count))))).toThrow(refused)
    }
  }
})
