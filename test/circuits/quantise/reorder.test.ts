import { expect, test } from 'vitest'
import type { Graph } from '#circuits/graph/graph.js'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { sinkReluBelowMaxPool } from '#circuits/quantise/reorder.js'
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
  const sunk = sinkReluBelowMaxPool(graph)
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
  expect(kinds(sinkReluBelowMaxPool(graph))).toEqual(kinds(graph))
})

test('no result of any graph changes', () => {
  let changed = 0
  for (let seed = 1; seed <= 400; seed++) {
    const graph = randomGraph(seed)
    const sunk = sinkReluBelowMaxPool(graph)
    if (kinds(sunk).join() !== kinds(graph).join()) changed++
    expectSameResults(graph, sunk)
  }
  expect(changed).toBeGreaterThan(2)
})
