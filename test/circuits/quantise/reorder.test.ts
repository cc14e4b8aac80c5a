import { expect, test } from 'vitest'
import type { Graph } from '#circuits/graph/graph.js'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { foldClampIntoQuantise, raiseAboveConcat, sinkBelowMaxPool } from '#circuits/quantise/reorder.js'
import { graphOf } from '../../support/graph-builder.js'
import { addNode, convNode, maxPoolNode, reluNode } from '../../support/layer-nodes.js'
import { randomGraph, randomRows } from '../../support/random-graph.js'

const kinds = (graph: Graph) => graph.nodes.map(({ kind }) => kind)
const image = [1, 1, 8, 8]

/** Every output of both graphs on a few rows. */
function expectSameResults(one: Graph, other: Graph): void {
  for (const row of randomRows(one, 3, 4, -1)) {
    expect(interpretGraph(other, row)).toEqual(interpretGraph(one, row))
  }
}

test('a relu that only a max-pool reads goes below it, through any number of them', () => {
  const graph = graphOf(image, [
    convNode('x', 'a', 2, 1),
    reluNode('a', 'b'),
    maxPoolNode('b', 'c'),
    maxPoolNode('c', 'y'),
  ])
  const sunk = sinkBelowMaxPool(graph)
  expect(kinds(sunk)).toEqual(['conv', 'maxPool', 'maxPool', 'relu'])
  expectSameResults(graph, sunk)
})

test.each([
  [
    'two nodes read it',
    [reluNode('x', 'a'), maxPoolNode('a', 'b'), maxPoolNode('a', 'c'), addNode('b', 'c', 'y')],
    ['y'],
  ],
  ['it is an output', [reluNode('x', 'a'), maxPoolNode('a', 'y')], ['y', 'a']],
] as const)('it stays where %s', (_, nodes, outputs) => {
  const graph = graphOf(image, nodes, outputs)
  expect(kinds(sinkBelowMaxPool(graph))).toEqual(kinds(graph))
})

test('no result of any graph changes', () => {
  let changed = 0
  for (let seed = 1; seed <= 400; seed++) {
    const graph = randomGraph(seed)
    const sunk = sinkBelowMaxPool(graph)
    if (kinds(sunk).join() !== kinds(graph).join()) changed++
    expectSameResults(graph, sunk)
  }
  expect(changed).toBeGreaterThan(2)
})

test.each([
  ['a clip', { kind: 'clip', input: 'x', output: 'a', low: 0, high: 0.5 }],
  ['a rounding', { kind: 'quantise', input: 'x', output: 'a', scale: 0.1, low: -4, high: 3 }],
  [
    'a sigmoid',
    { kind: 'elementwise', input: 'x', output: 'a', functions: [{ name: 'sigmoid', parameters: [] }] },
  ],
] as const)('%s goes below it too, since it keeps order', (_, node) => {
  const graph = graphOf(image, [node, maxPoolNode('a', 'y')])
  const sunk = sinkBelowMaxPool(graph)
  expect(kinds(sunk)).toEqual(['maxPool', node.kind])
  expectSameResults(graph, sunk)
})

test('a function that falls somewhere stays', () => {
  const functions = [{ name: 'leakyRelu', parameters: [-0.5] }] as const
  const graph = graphOf(image, [
    { kind: 'elementwise', input: 'x', output: 'a', functions },
    maxPoolNode('a', 'y'),
  ])
  expect(kinds(sinkBelowMaxPool(graph))).toEqual(['elementwise', 'maxPool'])
})

test('a relu of joined branches goes into each', () => {
  const graph = graphOf(image, [
    convNode('x', 'a', 2, 1),
    convNode('x', 'b', 1, 1, 5),
    { kind: 'concat', inputs: ['a', 'b'], output: 'c', axis: 1 },
    reluNode('c', 'y'),
  ])
  const raised = raiseAboveConcat(graph)
  expect(kinds(raised)).toEqual(['conv', 'conv', 'relu', 'relu', 'concat'])
  expectSameResults(graph, raised)
})

test('a clamp before a rounding is part of it', () => {
  for (const clamp of [
    reluNode('x', 'a'),
    { kind: 'clip', input: 'x', output: 'a', low: -0.21, high: 0.4 } as const,
  ]) {
    const quantise = { kind: 'quantise', input: 'a', output: 'y', scale: 0.1, low: -8, high: 7 } as const
    const graph = graphOf(image, [clamp, quantise])
    const folded = foldClampIntoQuantise(graph)
    expect(kinds(folded)).toEqual(['quantise'])
    expectSameResults(graph, folded)
  }
})
