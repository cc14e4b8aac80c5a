import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inferIntegers } from '#prover/inference/infer.js'
import { ensureColdChainBundle } from '#scripts/examples/trace/model.js'
import { laneCount, largestState, stateUnit } from '#scripts/models/cold-chain/readings.js'
import { simulateJourney } from '#scripts/models/cold-chain/simulate.js'
import { randomOf } from '#scripts/models/random.js'
import { readProjectModel } from '#service/demo/project-models.js'

const source = await readProjectModel('cold-chain')
const { model } = await ensureColdChainBundle(source)
const after = (state: number, lanes: readonly number[]): number => {
  const { integers } = inferIntegers(model, [Float64Array.of(state), Float64Array.from(lanes)])
  return Object.values(integers)[0]![0]!
}
const lanes = fc.array(fc.nat(255), { minLength: laneCount, maxLength: laneCount })
const state = fc.nat(largestState)

test('one step’s output is the next one’s input, integer for integer', () => {
  const [input] = model.inputs
  const [output] = model.outputs
  expect([input!.scales, input!.lows, input!.bits]).toEqual([[stateUnit], [0], 16])
  expect(output!.scale).toBe(stateUnit)
  const { lo, hi } = model.tensors[output!.tensor]!
  expect(lo).toBeGreaterThanOrEqual(0)
  expect(hi).toBeLessThanOrEqual(largestState)
})

test('shelf life falls at each step, and never below zero', () => {
  fc.assert(
    fc.property(state, lanes, (before, readings) => {
      const left = after(before, readings)
      expect(left).toBeGreaterThanOrEqual(0)
      if (before > 0) expect(left).toBeLessThan(before)
    }),
  )
})

test('a step that is cut in two never leaves more', () => {
  const cut = fc.array(fc.tuple(fc.nat(255), fc.nat(255)), { minLength: laneCount, maxLength: laneCount })
  fc.assert(
    fc.property(state, cut, (before, parts) => {
      const whole = parts.map(([a, b]) => Math.max(a, b))
      const first = parts.map(([a, b]) => Math.min(a, b))
      const second = whole.map((count, i) => count - first[i]!)
      expect(after(after(before, first), second)).toBeLessThanOrEqual(after(before, whole))
    }),
    { numRuns: 1_000 },
  )
})

test('another count in any lane never leaves more', () => {
  fc.assert(
    fc.property(state, lanes, fc.nat(laneCount - 1), (before, readings, lane) => {
      const more = readings.map((count, i) => (i === lane ? Math.min(count + 1, 255) : count))
      expect(after(before, more)).toBeLessThanOrEqual(after(before, readings))
    }),
    { numRuns: 1_000 },
  )
})

test('the integer model errs by a twentieth of a simulated step', () => {
  const random = randomOf(11)
  const steps = Array.from({ length: 500 }, () => simulateJourney(random)).flat()
  const shipped = source.test.inputs.get('readings')!.data
  expect(steps.slice(0, source.test.count).flatMap((step) => step.lanes)).toEqual(Array.from(shipped))
  const errors = steps.map(({ lanes, loss }) => {
    const taken = (largestState - after(largestState, lanes)) * stateUnit
    return Math.abs(taken - loss) / loss
  })
  expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeCloseTo(0.052, 2)
})
