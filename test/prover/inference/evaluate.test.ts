import { describe, expect, test } from 'vitest'
import { type Dataset, datasetRows } from '#circuits/data/dataset.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { evaluate } from '#prover/inference/evaluate.js'
import { floatTensor, graphOf } from '../../support/graph-builder.js'

/** Three pixels straight to three classes. */
const dense = {
  kind: 'dense',
  input: 'x',
  weight: floatTensor([3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1]),
  bias: null,
} as const
const logits = graphOf([1, 3], [{ ...dense, output: 'y' }])
const classes = graphOf(
  [1, 3],
  [
    { ...dense, output: 'sums' },
    { kind: 'argMax', input: 'sums', output: 'y', axis: 1, keepAxis: false, selectLast: false },
  ],
)

function dataset(rows: readonly (readonly number[])[], labels: readonly number[] | null): Dataset {
  const inputs = new Map([['x', floatTensor([rows.length, 1, 3], rows.flat())]])
  return { count: rows.length, inputs, labels: labels && Int32Array.from(labels) }
}

const calibration = dataset(
  [
    [0, 0, 0],
    [1, 1, 1],
  ],
  null,
)
const rows = dataset(
  [
    [1, 0, 0.5],
    [0, 0.25, 0],
    [0, 0.5, 0.501],
    [2, 0, 0],
  ],
  [0, 1, 1, 0],
)

describe('an evaluation', () => {
  const model = quantiseGraph(logits, datasetRows(calibration), { bits: 8, output: 'logits' })

  test('counts right answers, agreement, errors and saturated rows', () => {
    const result = evaluate(logits, model, rows)
    // 0.5 and 0.501 are one integer: the float model answers 2, the integer model the lower index of a tie.
    expect(result).toMatchObject({ count: 4, floatAccuracy: 0.75, integerAccuracy: 1, agreement: 0.75 })
    expect(result.saturatedRows).toBe(1)
    expect(result.maxAbsError).toBeCloseTo(1, 1)
    expect(result.meanAbsError).toBeCloseTo(1 / 12, 2)
  })

  test('knows no accuracy without labels', () => {
    expect(evaluate(logits, model, calibration)).toMatchObject({
      floatAccuracy: null,
      integerAccuracy: null,
      agreement: 1,
    })
  })

  test.each([
    ['by option', logits, 'argmax'],
    ['by the model itself', classes, 'logits'],
  ] as const)('gives no error of a class, asked for %s', (_, graph, output) => {
    const model = quantiseGraph(graph, datasetRows(calibration), { bits: 8, output })
    expect(evaluate(graph, model, rows)).toMatchObject({
      integerAccuracy: 1,
      agreement: 0.75,
      maxAbsError: null,
      meanAbsError: null,
    })
  })
})
