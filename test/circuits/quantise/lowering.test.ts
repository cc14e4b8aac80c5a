import { describe, expect, test } from 'vitest'
import type { Graph } from '#circuits/graph/graph.js'
import type { QLayerKind } from '#circuits/qmodel/qmodel.js'
import { floatTensor, graphOf } from '../../support/graph-builder.js'
import {
  addNode,
  argMaxNode,
  convNode,
  denseNode,
  maxPoolNode,
  reluNode,
  weightsOf,
} from '../../support/layer-nodes.js'
import { windowOf } from '../../support/qmodel-builder.js'
import { quantised } from '../../support/quantised.js'

const image = [1, 2, 4, 4]
const averagePool = { kind: 'averagePool', window: windowOf([2, 2]), countPadding: false } as const

describe('a graph becomes integer layers', () => {
  test.each<[string, Graph, readonly QLayerKind[]]>([
    ['dense alone keeps its accumulators', graphOf([1, 4], [denseNode('x', 'y', [3, 4])]), ['dense']],
    [
      'relu is a rescale',
      graphOf([1, 4], [denseNode('x', 'a', [3, 4]), reluNode('a', 'y')]),
      ['dense', 'rescale'],
    ],
    [
      'one linear layer after another is one',
      graphOf([1, 4], [denseNode('x', 'a', [3, 4]), denseNode('a', 'y', [2, 3])]),
      ['dense'],
    ],
    ['relu of an input is a rescale too', graphOf([1, 4], [reluNode('x', 'y')]), ['rescale']],
    [
      'maxima are taken of accumulators, with one rescale for both',
      graphOf(image, [convNode('x', 'a', 2, 2), maxPoolNode('a', 'b'), reluNode('b', 'y')]),
      ['conv', 'maxPool', 'rescale'],
    ],
    [
      'means are sums, their divisor in the scale',
      graphOf(image, [
        convNode('x', 'a', 2, 2),
        { ...averagePool, input: 'a', output: 'b' },
        reluNode('b', 'y'),
      ]),
      ['conv', 'windowSum', 'rescale'],
    ],
    [
      'a sum of a product and a value is made before its rescale',
      graphOf([1, 4], [denseNode('x', 'a', [4, 4]), addNode('a', 'x', 'b'), reluNode('b', 'y')]),
      ['dense', 'combine', 'rescale'],
    ],
    [
      'a constant sum likewise',
      graphOf(
        [1, 4],
        [
          denseNode('x', 'a', [4, 4]),
          { kind: 'addConstant', input: 'a', output: 'b', constant: weightsOf([1, 4]) },
          reluNode('b', 'y'),
        ],
      ),
      ['dense', 'combine', 'rescale'],
    ],
    [
      'a normalisation apart is a combination',
      graphOf(image, [
        { kind: 'affine', input: 'x', output: 'a', scale: weightsOf([2]), offset: weightsOf([2]) },
        reluNode('a', 'y'),
      ]),
      ['combine', 'rescale'],
    ],
    [
      'shapes are index maps, below which a relu goes',
      graphOf(image, [
        convNode('x', 'a', 2, 2),
        { kind: 'transpose', input: 'a', output: 'b', permutation: [0, 1, 3, 2] },
        { kind: 'reshape', input: 'b', output: 'c', shape: [1, 32] },
        reluNode('c', 'y'),
      ]),
      ['conv', 'rescale', 'reindex', 'reindex'],
    ],
    [
      'padding and broadcasting are index maps',
      graphOf(
        [1, 1, 2, 2],
        [
          { kind: 'broadcast', input: 'x', output: 'a', shape: [1, 3, 2, 2] },
          { kind: 'pad', input: 'a', output: 'y', before: [0, 0, 1, 0], after: [0, 0, 0, 1], value: 0.5 },
        ],
      ),
      ['reindex', 'reindex'],
    ],
    [
      'the index of the largest is taken of accumulators',
      graphOf([1, 4], [denseNode('x', 'a', [3, 4]), argMaxNode('a', 'y')]),
      ['dense', 'argMax'],
    ],
    [
      'softmax is left to whoever reads the output',
      graphOf(
        [1, 4],
        [denseNode('x', 'a', [3, 4]), { kind: 'softmax', input: 'a', output: 'y', axis: 1, axisEnd: 2 }],
      ),
      ['dense'],
    ],
  ])('%s', (_, graph, kinds) => {
    for (const low of [0, -1]) {
      const { model, error, range } = quantised(graph, { low })
      expect(model.layers.map(({ kind }) => kind)).toEqual(kinds)
      if (!kinds.includes('argMax')) expect(error).toBeLessThanOrEqual(0.02 * range)
    }
  })
})

describe('work is done once', () => {
  const kindsOf = (graph: Graph) => quantised(graph).model.layers.map(({ kind }) => kind)
  const count = (kinds: readonly QLayerKind[], kind: QLayerKind) =>
    kinds.filter((each) => each === kind).length

  test('for a value that two nodes read', () => {
    const kinds = kindsOf(
      graphOf(image, [
        convNode('x', 'shared', 2, 2),
        convNode('shared', 'a', 2, 2, 5),
        reluNode('shared', 'b'),
        addNode('a', 'b', 'c'),
        reluNode('c', 'y'),
      ]),
    )
    expect(count(kinds, 'conv')).toBe(2)
    expect(count(kinds, 'rescale')).toBe(3)
  })

  test('for maxima that several nodes read', () => {
    const kinds = kindsOf(
      graphOf(image, [
        convNode('x', 'a', 2, 2),
        maxPoolNode('a', 'shared'),
        reluNode('shared', 'b'),
        addNode('shared', 'b', 'c'),
        addNode('shared', 'c', 'y'),
      ]),
    )
    expect([count(kinds, 'conv'), count(kinds, 'maxPool')]).toEqual([1, 1])
  })

  test('for a value added to itself', () => {
    const { model, error, range } = quantised(
      graphOf([1, 4], [denseNode('x', 'a', [3, 4]), addNode('a', 'a', 'b'), reluNode('b', 'y')]),
    )
    expect(model.layers.filter(({ kind }) => kind === 'dense').length).toBe(1)
    expect(error).toBeLessThanOrEqual(0.02 * range)
  })

  test('for an output that is also read', () => {
    const graph = graphOf(
      [1, 4],
      [denseNode('x', 'a', [3, 4]), reluNode('a', 'b'), denseNode('b', 'y', [2, 3])],
      ['y', 'a', 'b'],
    )
    const { model, error, range } = quantised(graph)
    expect(model.outputs.map(({ name }) => name)).toEqual(['y', 'a', 'b'])
    expect(model.layers.filter(({ kind }) => kind === 'dense').length).toBe(2)
    expect(error).toBeLessThanOrEqual(0.02 * range)
  })
})

describe('the class alone', () => {
  const dense = denseNode('x', 'a', [3, 4])

  test('is the index of the largest accumulator', () => {
    const graph = graphOf([1, 4], [dense, { kind: 'softmax', input: 'a', output: 'y', axis: 1, axisEnd: 2 }])
    const { model } = quantised(graph, { output: 'argmax' })
    expect(model.layers.map(({ kind }) => kind)).toEqual(['dense', 'argMax'])
    expect(model.outputs).toMatchObject([{ name: 'y', shape: [1], scale: 1, activation: null }])
    expect(model.tensors.at(-1)).toMatchObject({ lo: 0, hi: 2 })
  })

  test('is the output itself where that is a class already', () => {
    const { model } = quantised(graphOf([1, 4], [dense, argMaxNode('a', 'y')]), { output: 'argmax' })
    expect(model.layers.map(({ kind }) => kind)).toEqual(['dense', 'argMax'])
  })

  test('needs one output', () => {
    const graph = graphOf([1, 4], [dense, reluNode('a', 'b')], ['a', 'b'])
    expect(() => quantised(graph, { output: 'argmax' })).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })
})

test('padding counts in a mean only where the node says so', () => {
  for (const countPadding of [true, false]) {
    const window = windowOf([3, 3], { pads: [1, 1, 1, 1] })
    const graph = graphOf(image, [{ kind: 'averagePool', input: 'x', output: 'y', window, countPadding }])
    const { error, range } = quantised(graph)
    expect(error).toBeLessThanOrEqual(0.01 * range)
  }
})

test('a channel of weight 0 keeps its bias', () => {
  const weight = floatTensor([3, 2], [0, 0, 1, -1, 0, 0])
  const graph = graphOf(
    [1, 2],
    [
      { kind: 'dense', input: 'x', output: 'a', weight, bias: floatTensor([3], [0.5, 0, -0.5]) },
      reluNode('a', 'y'),
    ],
  )
  const { error } = quantised(graph)
  expect(error).toBeLessThan(0.005)
})
