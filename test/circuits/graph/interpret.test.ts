import { expect, test } from 'vitest'
import { countMacs, countParameters } from '#circuits/graph/costs.js'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { expectError } from '../../support/expect-error.js'
import { floatTensor, graphOf } from '../../support/graph-builder.js'
import { feed } from '../../support/run-model.js'

const graph = graphOf(
  [1, 2],
  [
    { kind: 'dense', input: 'x', output: 'h', weight: floatTensor([2, 2], [1, -1, 2, 2]), bias: null },
    { kind: 'relu', input: 'h', output: 'y' },
  ],
)

test('gives the outputs, or all values where asked', () => {
  const inputs = feed(graph, { x: [1, 3] })
  expect([...interpretGraph(graph, inputs)]).toEqual([['y', floatTensor([1, 2], [0, 8])]])
  const all = interpretGraph(graph, inputs, { allValues: true })
  expect([...all.keys()]).toEqual(['x', 'h', 'y'])
  expect([...all.get('h')!.data]).toEqual([-2, 8])
})

test('refuses inputs that are missing or of another shape', () => {
  expectError('INVALID_INPUT', () => interpretGraph(graph, new Map()), /"x" is missing/)
  const flat = new Map([['x', floatTensor([2], [1, 3])]])
  expectError('INVALID_INPUT', () => interpretGraph(graph, flat), /needs shape \[1, 2\], got \[2\]/)
})

test('counts parameters and multiplications of layers', () => {
  const [dense, relu] = graph.nodes as readonly [(typeof graph.nodes)[number], (typeof graph.nodes)[number]]
  expect(countParameters(dense)).toBe(4)
  expect(countMacs(dense, [1, 2], [])).toBe(4)
  expect(countParameters(relu) + countMacs(relu, [1, 2], [])).toBe(0)
})
