import { expect, test } from 'vitest'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { floatTensor, graphOf } from '../support/graph-builder.js'

/** Leaving out the saturation of the hidden layer is cheaper, but widens the output beyond its 32 bits. */
test('an activation stays saturated where the output would not fit its lane otherwise', () => {
  const graph = graphOf(
    [1, 8],
    [
      {
        kind: 'dense',
        input: 'x',
        output: 'sum',
        weight: floatTensor([2, 8], new Array(16).fill(1)),
        bias: null,
      },
      { kind: 'relu', input: 'sum', output: 'hidden' },
      { kind: 'dense', input: 'hidden', output: 'y', weight: floatTensor([1, 2], [1, 1]), bias: null },
    ],
  )
  // One pixel at a time: the calibrated sum is an eighth of what all pixels together give.
  const rows = Array.from({ length: 8 }, (_, at) => {
    return new Map([['x', floatTensor([1, 8], new Array(8).fill(0).with(at, 1))]])
  })
  for (const bits of [8, 12, 14, 15, 16]) {
    const model = quantiseGraph(graph, rows, { bits, output: 'logits' })
    const { lo, hi } = model.tensors[model.outputs[0]!.tensor]!
    expect(lo).toBeGreaterThanOrEqual(-(2 ** 31))
    expect(hi).toBeLessThan(2 ** 31)
  }
})
