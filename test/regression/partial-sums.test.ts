import { test } from 'vitest'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { expectError } from '../support/expect-error.js'
import { floatTensor, graphOf } from '../support/graph-builder.js'

/**
 * Inputs in [1, 1 + 2^-22] are integers around 2^38 at 16 bits. Their weighted difference is small, but the terms
 * that it is made of leave the exact range of doubles: the interpreter was no specification there.
 */
test('sums whose terms leave the exact range are refused, even if the terms cancel', () => {
  const graph = graphOf(
    [1, 2],
    [{ kind: 'dense', input: 'x', output: 'y', weight: floatTensor([1, 2], [1, -0.999]), bias: null }],
  )
  const rows = [1, 1 + 2 ** -22].map((value) => new Map([['x', floatTensor([1, 2], [value, 1])]]))
  expectError('QUANTISATION_OVERFLOW', () => quantiseGraph(graph, rows, { bits: 16, output: 'logits' }))
})
