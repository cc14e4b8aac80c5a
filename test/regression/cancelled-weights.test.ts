import { test } from 'vitest'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { expectError } from '../support/expect-error.js'
import { floatTensor, graphOf } from '../support/graph-builder.js'

/** Integer weights wrapped around 2^32 without a word, where calibration saw sums that cancel almost wholly. */
test('weights that do not fit 32 bits beside the calibrated range are refused', () => {
  const graph = graphOf(
    [1, 3],
    [
      { kind: 'dense', input: 'x', output: 'sum', weight: floatTensor([1, 3], [1, -1, 1e-12]), bias: null },
      { kind: 'relu', input: 'sum', output: 'y' },
    ],
  )
  const rows = [new Map([['x', floatTensor([1, 3], [1, 1, 1])]])]
  for (const bits of [4, 8, 16]) {
    expectError('QUANTISATION_OVERFLOW', () => quantiseGraph(graph, rows, { bits, output: 'logits' }))
  }
})
