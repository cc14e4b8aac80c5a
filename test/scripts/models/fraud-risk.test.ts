import { expect, test } from 'vitest'
import { evaluate } from '#prover/inference/evaluate.js'
import { infer } from '#prover/inference/infer.js'
import { ensureLanesBundle } from '#scripts/examples/byte-lanes.js'
import { suspicious } from '#scripts/examples/fraud-guard/model.js'
import { logStep } from '#scripts/models/fraud-risk/features.js'
import { simulateAccount } from '#scripts/models/fraud-risk/simulate.js'
import { randomOf } from '#scripts/models/random.js'
import { readProjectModel } from '#service/demo/project-models.js'

test('the log scale is that of the contract', () => {
  const steps = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 5000, 65_535].map(logStep)
  expect(steps).toEqual([0, 1, 5, 7, 9, 10, 11, 12, 13, 13, 49, 64])
})

test('the shipped test rows are the simulation’s first', async () => {
  const { test: data } = await readProjectModel('fraud-risk')
  const random = randomOf(7)
  const rows = Array.from({ length: 60 }, () => simulateAccount(random)).flat()
  const lanes = rows.slice(0, data.count).flatMap((row) => row.lanes)
  expect(Array.from(data.inputs.get('features')!.data)).toEqual(lanes)
  expect(Array.from(data.labels!)).toEqual(rows.slice(0, data.count).map(({ isFraud }) => Number(isFraud)))
})

test('the integer model finds four of five simulated robberies', async () => {
  const source = await readProjectModel('fraud-risk')
  const { model } = await ensureLanesBundle(source)
  expect(evaluate(source.graph, model, source.test).meanAbsError).toBeLessThan(0.01)
  const { name, shape } = model.inputs[0]!
  const random = randomOf(7)
  const rows = Array.from({ length: 1_500 }, () => simulateAccount(random)).flat()
  const isHeld = ({ lanes }: (typeof rows)[number]) => {
    const { outputs } = infer(model, new Map([[name, { shape, data: Float32Array.from(lanes) }]]))
    return Object.values(outputs)[0]![0]! >= suspicious
  }
  const share = (label: boolean) => {
    const labelled = rows.filter(({ isFraud }) => isFraud === label)
    return labelled.filter(isHeld).length / labelled.length
  }
  expect(share(true)).toBeCloseTo(0.796, 3)
  expect(share(false)).toBeCloseTo(0.017, 3)
})
