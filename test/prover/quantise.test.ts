import { beforeAll, describe, expect, test } from 'vitest'
import { type Dataset, datasetRow } from '#circuits/data/dataset.js'
import { evaluate } from '#prover/inference/evaluate.js'
import { infer } from '#prover/inference/infer.js'
import { inspectModel } from '#prover/inspect.js'
import { accuracyProblem, quantiseWithRecord } from '#prover/quantise.js'
import { defaultSettings as settings } from '#prover/settings.js'
import { type ModelSource, readProjectModel } from '#service/demo/project-models.js'
import { floatTensor, graphOf } from '../support/graph-builder.js'
import { denseNode, reluNode } from '../support/layer-nodes.js'
import { randomRows } from '../support/random-graph.js'

/** The rows of a dataset with every input multiplied. */
function scaled(dataset: Dataset, factor: number): Dataset {
  const inputs = new Map(
    Array.from(dataset.inputs, ([name, { shape, data }]) => [
      name,
      { shape, data: data.map((value) => value * factor) },
    ]),
  )
  return { ...dataset, inputs }
}

describe('digits from raw pixels', () => {
  let source: ModelSource
  beforeAll(async () => {
    source = await readProjectModel('digits-cnn')
  })

  test('0 to 16 give the classes that the model gives of 0 to 1', () => {
    const { graph, calibration, test } = source
    const raw = quantiseWithRecord(graph, scaled(calibration, 16), {
      ...settings,
      normalisation: { factor: 1, mean: [0], deviation: [16] },
      inputGrid: { scale: 16 / 255, low: 0, bits: 8 },
    })
    const plain = quantiseWithRecord(graph, calibration, settings)
    const pixels = scaled(test, 16)
    for (let row = 0; row < test.count; row++) {
      expect(infer(raw.model, datasetRow(pixels, row)).label).toBe(
        infer(plain.model, datasetRow(test, row)).label,
      )
    }
    expect(evaluate(raw.graph, raw.model, pixels).floatAccuracy).toBe(0.966)
  })

  test('as bytes are integers already: scale 1, from 0, 8 bits, no rounding', () => {
    const { graph, calibration } = source
    const { model, record } = quantiseWithRecord(graph, scaled(calibration, 255), {
      ...settings,
      normalisation: { factor: 1 / 255, mean: [0], deviation: [1] },
      inputGrid: { scale: 1, low: 0, bits: 8 },
    })
    expect(model.inputs).toMatchObject([{ scales: [1], lows: [0], bits: 8 }])
    expect(record).toMatchObject({ inputBits: [8], normalisation: { factor: 1 / 255 } })
  })

  test('of fewer bits than activations cost fewer constraints', () => {
    const cost = (inputBits: number) =>
      inspectModel(source.graph, source.calibration, { ...settings, inputBits, input: 'hashed' }).constraints
    expect(cost(4)).toBeLessThan(cost(8))
  })

  test('are evaluated layer by layer and output by output', () => {
    const { graph, calibration, test } = source
    const { model } = quantiseWithRecord(graph, calibration, settings)
    const { outputs, inputs, layers } = evaluate(graph, model, test)
    expect(outputs).toMatchObject([{ name: 'logits' }])
    expect(outputs[0]!.relativeError).toBeLessThan(0.01)
    expect(outputs[0]!.meanAbsError).toBeLessThan(outputs[0]!.maxAbsError)
    expect(inputs).toEqual([{ name: 'input', saturated: 0 }])
    expect(layers.map(({ operator }) => operator)).toEqual(expect.arrayContaining(['Conv', 'Relu', 'Gemm']))
    for (const { signalToNoise } of layers) expect(signalToNoise).toBeGreaterThan(25)
  })
})

describe('a model that is not close enough', () => {
  const wide = graphOf(
    [1, 24],
    [denseNode('x', 'a', [16, 24]), reluNode('a', 'b'), denseNode('b', 'y', [4, 16])],
  )
  const dataset = (graph: typeof wide): Dataset => {
    const rows = randomRows(graph, 9, 40, -1)
    const { shape } = graph.inputs[0]!
    const data = rows.flatMap((row) => Array.from(row.get('x')!.data))
    return { count: 40, inputs: new Map([['x', floatTensor([40, ...shape], data)]]), labels: null }
  }

  test('is told by its classes, with the layer that loses most', () => {
    const { evaluation } = quantiseWithRecord(wide, dataset(wide), settings)
    expect(accuracyProblem(evaluation, 0.9)).toBeNull()
    const problem = accuracyProblem({ ...evaluation, agreement: 0.625 }, 0.9)!
    expect(problem.code).toBe('ACCURACY_TOO_LOW')
    expect(problem.message).toBe(
      "the integer model gives the float model's class on 62.5 % of 40 calibration rows, 90.0 % are asked for",
    )
    expect(problem.hints.join(' ')).toMatch(/--bits.*dB.*--min-agreement/)
  })

  test('is told by the error of its numbers where there is no class', () => {
    const graph = graphOf([1, 24], [denseNode('x', 'a', [16, 24]), reluNode('a', 'y')])
    const { evaluation } = quantiseWithRecord(graph, dataset(graph), settings)
    expect(evaluation.agreement).toBeNull()
    expect(accuracyProblem(evaluation, 0.9)).toBeNull()
    expect(accuracyProblem(evaluation, 1)!.message).toMatch(
      /mean error of output "y" is 0\.\d % of its range/,
    )
  })

  test('is reported by inspect, which does not refuse it', () => {
    const { problem, accuracy } = inspectModel(wide, dataset(wide), {
      ...settings,
      bits: 4,
      minAgreement: 1,
      input: 'hashed',
    })
    expect(accuracy!.agreement).toBeLessThan(1)
    expect(problem).toMatch(/100\.0 % are asked for/)
  })
})
