import { expect, test } from 'vitest'
import { floatTensor, graphOf } from '../support/graph-builder.js'
import { addNode, denseNode, reluNode } from '../support/layer-nodes.js'
import { quantised } from '../support/quantised.js'

/** The unit of a channel without weights was chosen as if nothing were added to it, which rounded the other away. */
test('a channel without weights keeps what is added to it', () => {
  const weight = floatTensor([3, 3], [0, 0, 0, 1, -1, 0.5, 0, 0, 0])
  const graph = graphOf(
    [1, 3],
    [{ ...denseNode('x', 'a', [3, 3]), weight }, addNode('a', 'x', 'b'), reluNode('b', 'y')],
  )
  const { error, range } = quantised(graph, { low: -1 })
  expect(error).toBeLessThan(0.02 * range)
})
