import { expect, test } from 'vitest'
import { committedWeights, weightCount } from '#circuits/analyse/committed-weights.js'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { architectureOf } from '#circuits/quantise/architecture.js'
import { withHiddenWeights } from '#circuits/quantise/hidden-weights.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { floatTensor, graphOf } from '../../support/graph-builder.js'
import { denseNode } from '../../support/layer-nodes.js'
import { qmodelOf } from '../../support/qmodel-builder.js'
import { randomRows } from '../../support/random-graph.js'

test('trained factors become weights, and nothing else changes', () => {
  const constant = floatTensor([1, 2, 3], [1, -2, 3, 0.5, 5, 6])
  const scale = floatTensor([2], [2, -3])
  const offset = floatTensor([2], [0.5, 1])
  const graph = graphOf(
    [1, 2, 3],
    [
      { kind: 'affine', input: 'x', output: 'a', scale, offset },
      { kind: 'multiplyConstant', input: 'a', output: 'y', constant },
    ],
  )
  const hidden = withHiddenWeights(graph)
  expect(hidden.nodes.map(({ kind }) => kind)).toEqual([
    ...['reshape', 'conv', 'reshape'],
    ...['reshape', 'conv', 'reshape'],
  ])
  for (const row of randomRows(graph, 1, 5, -1)) {
    expect(interpretGraph(hidden, row).get('y')).toEqual(interpretGraph(graph, row).get('y'))
  }
  const rows = randomRows(graph, 1, 10, -1)
  const model = quantiseGraph(graph, rows, { bits: 8, output: 'logits', weights: 'committed' })
  expect(weightCount(model)).toBe(2 + 2 + 6 + 6)
})

test('one factor for all elements stays with the architecture', () => {
  const constant = floatTensor([1, 3], [2, 2, 2])
  const graph = graphOf([1, 3], [{ kind: 'multiplyConstant', input: 'x', output: 'y', constant }])
  expect(withHiddenWeights(graph).nodes).toEqual(graph.nodes)
})

test('what cannot be hidden is refused', () => {
  const slopes = [0.1, 0.2].map((slope) => ({ name: 'leakyRelu', parameters: [slope] }) as const)
  const graph = graphOf([1, 2], [{ kind: 'elementwise', input: 'x', output: 'y', functions: slopes }])
  expect(() => withHiddenWeights(graph)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_OPERATOR' }))
})

test('weights stand in order, and offsets of pairs hold what pairs add too much', () => {
  const model = qmodelOf(
    [{ shape: [1, 3], bits: 2, lo: 0 }],
    [
      {
        kind: 'dense',
        input: 0,
        shape: [1, 2],
        weight: Int32Array.of(3, -2, 5, -7, 4, 1),
        weightShape: [2, 3],
        bias: Float64Array.of(10, 20),
      },
    ],
  )
  expect(Array.from(committedWeights(model))).toEqual([3, -2, 5, -7, 4, 1, 10 + 6, 20 + 28])
})

test('a layer has one shift, whatever its channels weigh', () => {
  const node = denseNode('x', 'h', [4, 6])
  const data = node.weight.data.map((value, i) => value * 10 ** Math.floor(i / 6))
  const graph = graphOf(
    [1, 6],
    [
      { ...node, weight: { ...node.weight, data } },
      { kind: 'relu', input: 'h', output: 'y' },
    ],
  )
  const model = quantiseGraph(graph, randomRows(graph, 2, 20, -1), {
    bits: 8,
    output: 'logits',
    weights: 'committed',
  })
  for (const layer of model.layers) if (layer.kind === 'rescale') expect(layer.shifts).toHaveLength(1)
  for (const { lo, hi } of architectureOf(model).model.tensors.slice(1, 2)) expect(lo).toBe(-hi - 1)
})
