import { describe, expect, test } from 'vitest'
import type { Graph, Shape } from '#circuits/graph/graph.js'
import { sizeOf } from '#circuits/graph/graph.js'
import { floatTensor, graphOf } from '../../support/graph-builder.js'
import { addNode, denseNode, weightsOf } from '../../support/layer-nodes.js'
import { windowOf } from '../../support/qmodel-builder.js'
import { quantised } from '../../support/quantised.js'

type Nodes = Parameters<typeof graphOf>[1]

const full = (shape: Shape, value: number) => floatTensor(shape, new Array(sizeOf(shape)).fill(value))
const reshape = (input: string, output: string, shape: Shape) =>
  ({ kind: 'reshape', input, output, shape }) as const
const times = (input: string, output: string, shape: Shape, value: number) =>
  ({ kind: 'multiplyConstant', input, output, constant: full(shape, value) }) as const
const table = (name: 'exp' | 'reciprocal' | 'reciprocalSqrt', input: string, output: string) =>
  ({ kind: 'elementwise', input, output, functions: [{ name, parameters: [] }] }) as const
const broadcast = (input: string, output: string, shape: Shape) =>
  ({ kind: 'broadcast', input, output, shape }) as const
const matMul = (left: string, right: string, output: string) =>
  ({ kind: 'matMul', inputs: [left, right], output }) as const
const multiply = (left: string, right: string, output: string) =>
  ({ kind: 'multiply', inputs: [left, right], output }) as const

/** Softmax over the columns of [rows, columns], as the importer writes it inside a graph. */
function softmax(input: string, output: string, rows: number, columns: number): Nodes {
  const n = (part: string) => `${output}_${part}`
  const window = windowOf([1, columns])
  const [flat, plane, column] = [
    [rows, columns],
    [1, 1, rows, columns],
    [1, 1, rows, 1],
  ]
  return [
    reshape(input, n('plane'), plane),
    { kind: 'maxPool', input: n('plane'), output: n('max'), window },
    times(n('max'), n('minus'), column, -1),
    broadcast(n('minus'), n('wide'), plane),
    addNode(n('plane'), n('wide'), n('difference')),
    table('exp', n('difference'), n('exp')),
    { kind: 'averagePool', input: n('exp'), output: n('mean'), window, countPadding: true },
    times(n('mean'), n('sum'), column, columns),
    table('reciprocal', n('sum'), n('inverse')),
    broadcast(n('inverse'), n('inverses'), plane),
    multiply(n('exp'), n('inverses'), n('product')),
    reshape(n('product'), output, flat),
  ]
}

/** Self-attention with one head over [tokens, width]. */
function attention(tokens: number, width: number): Graph {
  return graphOf(
    [tokens, width],
    [
      denseNode('x', 'q', [width, width], 1),
      denseNode('x', 'k', [width, width], 7),
      denseNode('x', 'v', [width, width], 23),
      { kind: 'transpose', input: 'k', output: 'kt', permutation: [1, 0] },
      matMul('q', 'kt', 'qk'),
      times('qk', 'scores', [tokens, tokens], 1 / Math.sqrt(width)),
      ...softmax('scores', 'p', tokens, tokens),
      matMul('p', 'v', 'mixed'),
      denseNode('mixed', 'projected', [width, width], 41),
      addNode('projected', 'x', 'y'),
    ],
  )
}

/** LayerNormalization over the columns of [rows, columns], decomposed. */
function layerNorm(rows: number, columns: number): Nodes {
  const window = windowOf([1, columns])
  const [plane, column] = [
    [1, 1, rows, columns],
    [1, 1, rows, 1],
  ]
  return [
    reshape('a', 'plane', plane),
    { kind: 'averagePool', input: 'plane', output: 'mean', window, countPadding: true },
    times('mean', 'minus', column, -1),
    broadcast('minus', 'means', plane),
    addNode('plane', 'means', 'distance'),
    multiply('distance', 'distance', 'square'),
    { kind: 'averagePool', input: 'square', output: 'variance', window, countPadding: true },
    { kind: 'addConstant', input: 'variance', output: 'safe', constant: full(column, 1e-5) },
    table('reciprocalSqrt', 'safe', 'inverse'),
    broadcast('inverse', 'inverses', plane),
    multiply('distance', 'inverses', 'normal'),
    { kind: 'multiplyConstant', input: 'normal', output: 'scaled', constant: gains(plane) },
    { kind: 'addConstant', input: 'scaled', output: 'shifted', constant: full(plane, 0.1) },
    reshape('shifted', 'n', [rows, columns]),
  ]
}

const gains = (plane: Shape) => {
  const columns = plane.at(-1)!
  const row = weightsOf([columns]).data.map((value) => 1 + value / 4)
  return floatTensor(
    plane,
    Array.from({ length: sizeOf(plane) }, (_, i) => row[i % columns]!),
  )
}

function worstShare(graph: Graph, bits = 8): number {
  const { error, range } = quantised(graph, { low: -1, bits })
  return error / range
}

describe('blocks as transformers have them', () => {
  test('a softmax inside the graph', () => {
    const graph = graphOf([3, 6], [denseNode('x', 's', [6, 6]), ...softmax('s', 'y', 3, 6)])
    expect(worstShare(graph)).toBeLessThan(0.02)
    expect(worstShare(graph, 12)).toBeLessThan(0.01)
  })

  test('attention', () => {
    for (const [tokens, width] of [
      [4, 8],
      [6, 4],
    ] as const) {
      expect(worstShare(attention(tokens, width))).toBeLessThan(0.02)
    }
  })

  test('a layer normalisation', () => {
    const rows = graphOf(
      [3, 8],
      [denseNode('x', 'a', [8, 8]), ...layerNorm(3, 8), denseNode('n', 'y', [4, 8], 11)],
    )
    expect(worstShare(rows)).toBeLessThan(0.02)
    const alone = graphOf([3, 8], [denseNode('x', 'a', [8, 8]), ...layerNorm(3, 8)], ['n'])
    expect(worstShare(alone)).toBeLessThan(0.02)
  })
})
