import { beforeAll, describe, expect, test } from 'vitest'
import { accountFor } from '#circuits/analyse/account.js'
import { weightCount } from '#circuits/analyse/committed-weights.js'
import { traceModel } from '#circuits/analyse/trace.js'
import { planWeights } from '#circuits/analyse/weight-plan.js'
import { datasetRows } from '#circuits/data/dataset.js'
import { outputSignals } from '#circuits/emit/outputs.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { evaluate } from '#prover/inference/evaluate.js'
import { type ModelSource, readProjectModel } from '#service/demo/project-models.js'

describe('LeNet-5 with hidden weights', () => {
  let source: ModelSource
  let model: QModel
  beforeAll(async () => {
    source = await readProjectModel('mnist-lenet5')
    const options = { bits: 8, output: 'logits', weights: 'committed' } as const
    model = quantiseGraph(source.graph, datasetRows(source.calibration), options)
  }, 60_000)

  test('fits an evaluation domain of 2^18 with the rows of its weights', () => {
    expect(weightCount(model)).toBe(44_426)
    const { total } = accountFor(model, traceModel(model, 'committed'), 'hashed')
    // The set-up adds a row for each public signal: commitment, outputs, context, weights, blinding; and one for 1.
    const publicSignals = 1 + outputSignals(model) + 1 + weightCount(model) + 1
    expect(total + publicSignals + 1).toBeLessThanOrEqual(210_000)
  })

  test('multiplies by tiles in convolutions, by pairs in dense layers', () => {
    const kinds = planWeights(model).map(({ algorithm }) => algorithm.kind)
    expect(kinds).toEqual(['tiles', 'tiles', 'pairs', 'pairs', 'pairs'])
  })

  test('is as accurate as the float model', () => {
    const { floatAccuracy, integerAccuracy } = evaluate(source.graph, model, source.test)
    expect(floatAccuracy! - integerAccuracy!).toBeLessThanOrEqual(0.003)
  })
})
