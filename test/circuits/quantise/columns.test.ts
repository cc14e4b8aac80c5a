import { describe, expect, test } from 'vitest'
import { accountFor } from '#circuits/analyse/account.js'
import { traceModel } from '#circuits/analyse/trace.js'
import type { FloatTensor, Graph } from '#circuits/graph/graph.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { floatTensor, graphOf } from '../../support/graph-builder.js'
import { denseNode, reluNode } from '../../support/layer-nodes.js'
import { compare } from '../../support/quantised.js'
import { randomSource } from '../../support/random-graph.js'

/** Columns [low, high) of a table: two tiny, a large, one far from 0, one that never changes. */
const columns = [
  [0, 1e-3],
  [-1e5, 1e5],
  [2000, 2020],
  [7, 7],
  [-2e-3, 1e-3],
] as const

const random = randomSource(3)
const rows: ReadonlyMap<string, FloatTensor>[] = Array.from({ length: 64 }, () => {
  const values = columns.map(([low, high]) => low + random() * (high - low))
  return new Map([['x', floatTensor([1, columns.length], values)]])
})

/** A dense layer to which every column matters. */
function balanced(): Graph {
  const dense = denseNode('x', 'a', [6, 5])
  const spans = columns.map(([low, high]) => Math.max(high - low, 1))
  const data = dense.weight.data.map((weight, i) => {
    const [low, high] = columns[i % 5]!
    return weight / (high > low ? high - low : spans[i % 5]!)
  })
  // Biases take the columns' middles away, as training would.
  const bias = Float32Array.from({ length: 6 }, (_, n) =>
    columns.reduce((sum, [low, high], k) => sum - (data[n * 5 + k]! * (low + high)) / 2, 0.1 * n),
  )
  const node = { ...dense, weight: { ...dense.weight, data }, bias: { shape: [6], data: bias } }
  return graphOf([1, 5], [node, reluNode('a', 'b'), denseNode('b', 'y', [3, 6])])
}

const quantise = (graph: Graph) => quantiseGraph(graph, rows, { bits: 8, output: 'logits' })
const costOf = (model: QModel) => accountFor(model, traceModel(model), 'public').total

describe('columns of a table', () => {
  test('have units of their own where one for all would lose them', () => {
    const graph = balanced()
    const model = quantise(graph)
    expect(model.inputs[0]!.scales.length).toBe(5)
    const { error, range } = compare(graph, model, rows)
    expect(error).toBeLessThan(0.03 * range)
  })

  test('cost no more for it than columns of one kind', () => {
    const even = graphOf(
      [1, 5],
      [denseNode('x', 'a', [6, 5]), reluNode('a', 'b'), denseNode('b', 'y', [3, 6])],
    )
    const unit = rows.map(
      () =>
        new Map([
          [
            'x',
            floatTensor(
              [1, 5],
              columns.map(() => random() * 2 - 1),
            ),
          ],
        ]),
    )
    const plain = quantiseGraph(even, unit, { bits: 8, output: 'logits' })
    expect(plain.inputs[0]!.scales.length).toBe(1)
    expect(costOf(quantise(balanced()))).toBeLessThanOrEqual(costOf(plain) + 6)
  })

  test('are brought together by a scaler before a function', () => {
    const [scale, offset] = [
      columns.map(([low, high]) => 1 / Math.max(high - low, 1e-3)),
      columns.map(([low, high]) => -low / Math.max(high - low, 1e-3)),
    ]
    const graph = graphOf(
      [1, 5],
      [
        {
          kind: 'affine',
          input: 'x',
          output: 'a',
          scale: floatTensor([5], scale),
          offset: floatTensor([5], offset),
        },
        { kind: 'elementwise', input: 'a', output: 'y', functions: [{ name: 'tanh', parameters: [] }] },
      ],
    )
    const model = quantise(graph)
    expect(model.inputs[0]!.scales.length).toBe(5)
    const { error, range } = compare(graph, model, rows)
    expect(error).toBeLessThan(0.03 * range)
  })

  test('are thresholds apart in trees', () => {
    const decisions = [
      { feature: 0, threshold: 5e-4, yes: -1, no: 1 },
      { feature: 1, threshold: 0, yes: -2, no: 2 },
      { feature: 2, threshold: 2010, yes: -3, no: -4 },
    ]
    const leaves = floatTensor([4, 1], [1, 2, 3, 4])
    const trees = { decisions, roots: [0], leaves, base: floatTensor([1], [0]) }
    const graph = graphOf([1, 5], [{ kind: 'treeEnsemble', input: 'x', output: 'y', ...trees }])
    const model = quantise(graph)
    expect(model.inputs[0]!.scales.length).toBe(5)
    const wrong = rows.filter((row) => compare(graph, model, [row]).error > 0.1)
    expect(wrong.length).toBeLessThanOrEqual(1)
  })
})
