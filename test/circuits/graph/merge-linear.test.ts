import { expect, test } from 'vitest'
import type { Graph } from '#circuits/graph/graph.js'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { mergeLinear } from '#circuits/graph/passes/merge-linear.js'
import { verifyGraph } from '#circuits/graph/verify.js'
import { graphOf } from '../../support/graph-builder.js'
import { addNode, convNode, denseNode, reluNode, weightsOf } from '../../support/layer-nodes.js'
import { windowOf } from '../../support/qmodel-builder.js'
import { randomRows } from '../../support/random-graph.js'

const kinds = (graph: Graph) => graph.nodes.map(({ kind }) => kind)
const pointwise = (input: string, output: string, outputs: number, channels: number) =>
  ({
    kind: 'conv',
    input,
    output,
    weight: weightsOf([outputs, channels, 1, 1], 0.5, 9),
    bias: weightsOf([outputs], 0.5, 2),
    window: windowOf([1, 1]),
    groups: 1,
  }) as const

function expectClose(one: Graph, other: Graph): void {
  verifyGraph(other)
  for (const row of randomRows(one, 3, 4, -1)) {
    const [exact, merged] = [
      interpretGraph(one, row).get('y')!.data,
      interpretGraph(other, row).get('y')!.data,
    ]
    exact.forEach((value, i) => {
      expect(Math.abs(merged[i]! - value)).toBeLessThan(1e-5)
    })
  }
}

test('dense layers without anything between them are one', () => {
  const graph = graphOf(
    [2, 6],
    [denseNode('x', 'a', [8, 6]), denseNode('a', 'b', [5, 8]), denseNode('b', 'y', [3, 5])],
  )
  const merged = mergeLinear(graph)
  expect(kinds(merged)).toEqual(['dense'])
  expectClose(graph, merged)
})

test('a pointwise convolution joins the padded one before it', () => {
  const graph = graphOf([1, 2, 5, 5], [convNode('x', 'a', 6, 2), pointwise('a', 'y', 3, 6)])
  const merged = mergeLinear(graph)
  expect(kinds(merged)).toEqual(['conv'])
  expectClose(graph, merged)
})

test('a depthwise convolution joins where more weights may be', () => {
  const depthwise = { ...convNode('x', 'a', 4, 1), groups: 4 }
  const graph = graphOf([1, 4, 5, 5], [depthwise, pointwise('a', 'y', 8, 4)])
  expect(kinds(mergeLinear(graph))).toEqual(['conv', 'conv'])
  const merged = mergeLinear(graph, 32)
  expect(kinds(merged)).toEqual(['conv'])
  expectClose(graph, merged)
})

test.each([
  ['a function lies between', [denseNode('x', 'a', [6, 6]), reluNode('a', 'b'), denseNode('b', 'y', [3, 6])]],
  [
    'something else reads it',
    [denseNode('x', 'a', [6, 6]), denseNode('a', 'b', [6, 6]), addNode('a', 'b', 'y')],
  ],
  ['a narrow middle has fewer weights', [denseNode('x', 'a', [1, 6]), denseNode('a', 'y', [6, 1])]],
] as const)('layers stay where %s', (_, nodes) => {
  const graph = graphOf([1, 6], nodes)
  expect(kinds(mergeLinear(graph))).toEqual(kinds(graph))
})

test('layers stay whose product float32 does not hold', () => {
  for (const size of [1e30, 1e-25]) {
    const resized = (input: string, output: string, shape: readonly [number, number]) => {
      const node = denseNode(input, output, shape)
      return { ...node, weight: { ...node.weight, data: node.weight.data.map((value) => value * size) } }
    }
    const graph = graphOf([1, 4], [resized('x', 'a', [4, 4]), resized('a', 'y', [2, 4])])
    expect(kinds(mergeLinear(graph))).toEqual(['dense', 'dense'])
  }
})
