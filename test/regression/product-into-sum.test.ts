import { expect, test } from 'vitest'
import { graphOf } from '../support/graph-builder.js'
import { denseNode } from '../support/layer-nodes.js'
import { quantised } from '../support/quantised.js'

test('a layer over products keeps its weights beside a layer over inputs', () => {
  const graph = graphOf(
    [1, 5],
    [
      denseNode('x', 'a', [5, 5]),
      { kind: 'elementwise', input: 'a', output: 'tanh', functions: [{ name: 'tanh', parameters: [] }] },
      { kind: 'elementwise', input: 'a', output: 'gate', functions: [{ name: 'sigmoid', parameters: [] }] },
      { kind: 'multiply', inputs: ['tanh', 'gate'], output: 'state' },
      denseNode('state', 'kept', [5, 5], 3),
      denseNode('x', 'fed', [5, 5], 2),
      { kind: 'add', inputs: ['fed', 'kept'], output: 'sum' },
      { kind: 'elementwise', input: 'sum', output: 'y', functions: [{ name: 'tanh', parameters: [] }] },
    ],
  )
  const { error, range } = quantised(graph, { low: -1 })
  expect(error).toBeLessThan(0.04 * range)
})
