import { describe, expect, test } from 'vitest'
import { sizeOf } from '#circuits/graph/graph.js'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { errorFunction } from '#circuits/graph/kernels/error-function.js'
import { calibrateGraph } from '#circuits/quantise/calibrated.js'
import { correctBiases } from '#circuits/quantise/correct-bias.js'
import { finishModel } from '#circuits/quantise/finish.js'
import { Margins } from '#circuits/quantise/margins.js'
import type { QuantiseOptions } from '#circuits/quantise/options.js'
import { quantiseGraph, quantiseModel } from '#circuits/quantise/quantise.js'
import { infer } from '#prover/inference/infer.js'
import { expectError } from '../../support/expect-error.js'
import { graphOf } from '../../support/graph-builder.js'
import { denseNode, reluNode } from '../../support/layer-nodes.js'
import { randomRows } from '../../support/random-graph.js'

const graph = graphOf(
  [1, 24],
  [
    denseNode('x', 'a', [16, 24]),
    reluNode('a', 'b'),
    denseNode('b', 'c', [12, 16]),
    reluNode('c', 'd'),
    denseNode('d', 'y', [4, 12]),
  ],
)
const rows = randomRows(graph, 5, 60, -1)
const options: QuantiseOptions = { bits: 8, output: 'logits', calibrationMethod: 'auto', correctBias: true }

/** Mean over rows of float minus integer, by output element. */
function bias(model: ReturnType<typeof quantiseGraph>): number[] {
  const sums = new Array<number>(sizeOf(model.outputs[0]!.shape)).fill(0)
  for (const row of rows) {
    const exact = interpretGraph(graph, row).get('y')!.data
    infer(model, row).outputs.y!.forEach((value, i) => {
      sums[i]! += (exact[i]! - value) / rows.length
    })
  }
  return sums
}

describe('corrected biases', () => {
  test('take the mean error out of every output, to half a step', () => {
    const coarse = { ...options, bits: 4 }
    const calibrated = calibrateGraph(graph, rows, coarse)
    const plain = finishModel(calibrated, 'min-max', coarse)
    const corrected = correctBiases(plain, calibrated.graph, rows)
    const largest = (values: readonly number[]) => Math.max(...values.map(Math.abs))
    expect(largest(bias(corrected))).toBeLessThanOrEqual(0.51 * corrected.outputs[0]!.scale)
    expect(largest(bias(corrected))).toBeLessThan(largest(bias(plain)))
  })

  test('are kept only where they bring the model closer', () => {
    const plain = quantiseModel(graph, rows, { ...options, correctBias: false })
    const { biasCorrected, closeness, cost } = quantiseModel(graph, rows, options)
    expect(closeness.error).toBeLessThanOrEqual(plain.closeness.error)
    expect(closeness.agreement).toBeGreaterThanOrEqual(plain.closeness.agreement!)
    expect(cost).toBeLessThanOrEqual(plain.cost * 1.001)
    expect(biasCorrected).toBe(closeness.error < plain.closeness.error)
  })
})

describe('the method of calibration', () => {
  test.each(['min-max', 'percentile', 'mse', 'auto'] as const)('%s gives the same model again', (method) => {
    const once = quantiseModel(graph, rows, { ...options, calibrationMethod: method })
    const again = quantiseModel(graph, rows, { ...options, calibrationMethod: method })
    expect(again).toEqual(once)
    if (method !== 'auto') expect(once.rule.startsWith(method)).toBe(true)
    expect(once.comparedRows).toBe(rows.length)
  })
})

describe('the search for widths', () => {
  const target = 0.95

  test('holds the target with fewer constraints, and the options that it found give the model', () => {
    const seen: number[] = []
    const start = quantiseModel(graph, rows, options)
    const found = quantiseModel(graph, rows, { ...options, targetAgreement: target }, ({ trials }) =>
      seen.push(trials),
    )
    expect(found.closeness.agreement).toBeGreaterThanOrEqual(target)
    expect(found.closeness.expected).toBeGreaterThanOrEqual(target)
    expect(found.cost).toBeLessThan(start.cost)
    expect(seen.length).toBeGreaterThan(1)
    const again = quantiseModel(graph, rows, { ...options, targetAgreement: target })
    expect(again.model).toEqual(found.model)
  })

  test('refuses a target that the given widths do not hold', () => {
    expectError('ACCURACY_TOO_LOW', () =>
      quantiseGraph(graph, rows, { ...options, bits: 4, targetAgreement: 1 }),
    )
  })
})

test('margins foretell how often errors of a size turn a class', () => {
  const margins = new Margins()
  // One rival at a margin of 1; errors of 1/2 count double.
  margins.addScores([1.5, 0], 1, Float32Array.of(1, 0))
  margins.addScores([0.5, 0], 1, Float32Array.of(1, 0))
  expect(margins.expectedAgreement()).toBeCloseTo(1 - (1 - errorFunction(1 / Math.SQRT2)) / 2, 10)
})
