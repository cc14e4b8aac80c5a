import { expect, test } from 'vitest'
import { evaluate } from '#prover/inference/evaluate.js'
import { infer } from '#prover/inference/infer.js'
import { ensureLanesBundle } from '#scripts/examples/byte-lanes.js'
import { randomOf } from '#scripts/models/random.js'
import { changeByte, lanesOf } from '#scripts/models/strategy-outlook/features.js'
import { simulateMarket } from '#scripts/models/strategy-outlook/simulate.js'
import { readProjectModel } from '#service/demo/project-models.js'

test('changes are bytes as the contract makes them', () => {
  const bytes = [0, 7, 8, -7, -8, 44, -44, 1_100, -1_100, 1_015].map(changeByte)
  expect(bytes).toEqual([128, 128, 129, 128, 127, 133, 123, 255, 0, 254])
  expect(lanesOf([[900, 8, 16, 24, 32]])).toEqual([132, 131, 130, 129])
})

test('the shipped test rows are the simulation’s first', async () => {
  const { test: data } = await readProjectModel('strategy-outlook')
  const random = randomOf(11)
  const days = Array.from({ length: 8 }, () => simulateMarket(random)).flat()
  const lanes = days.slice(0, data.count).flatMap((day) => day.lanes)
  expect(Array.from(data.inputs.get('changes')!.data)).toEqual(lanes)
})

test('the integer model’s favourite gains where all together lose', async () => {
  const source = await readProjectModel('strategy-outlook')
  const { model } = await ensureLanesBundle(source)
  expect(evaluate(source.graph, model, source.test).meanAbsError).toBeLessThan(0.01)
  const { name, shape } = model.inputs[0]!
  const random = randomOf(11)
  const days = Array.from({ length: 300 }, () => simulateMarket(random)).flat()
  const favourites = days.map(({ lanes, ahead }) => {
    const { outputs } = infer(model, new Map([[name, { shape, data: Float32Array.from(lanes) }]]))
    const shares = Array.from(Object.values(outputs)[0]!)
    return ahead[shares.indexOf(Math.max(...shares))]!
  })
  const mean = (changes: readonly number[]) => changes.reduce((sum, value) => sum + value, 0) / changes.length
  expect(mean(favourites)).toBeGreaterThan(30)
  expect(mean(days.flatMap(({ ahead }) => ahead))).toBeLessThan(-40)
})
