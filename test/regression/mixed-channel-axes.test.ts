import { expect, test } from 'vitest'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { infer } from '#prover/inference/infer.js'
import { floatTensor, graphOf } from '../support/graph-builder.js'

/** The sum's units were taken by channel, although one term's channels are rows and the other's columns: NaN. */
test('a sum of terms whose channels lie along different axes has one unit', () => {
  const graph = graphOf(
    [1, 3, 4],
    [
      {
        kind: 'affine',
        input: 'x',
        output: 'scaled',
        scale: floatTensor([3], [1, -0.5, 0.25]),
        offset: floatTensor([3], [0, 0.5, 0]),
      },
      {
        kind: 'dense',
        input: 'x',
        output: 'product',
        weight: floatTensor(
          [4, 4],
          Array.from({ length: 16 }, (_, i) => ((i * 5) % 7) / 7 - 0.4),
        ),
        bias: null,
      },
      { kind: 'add', inputs: ['scaled', 'product'], output: 'sum' },
      { kind: 'relu', input: 'sum', output: 'y' },
    ],
  )
  const rows = Array.from({ length: 12 }, (_, row) => {
    const values = Array.from({ length: 12 }, (_, i) => ((row * 12 + i) * 37) % 101)
    return new Map([
      [
        'x',
        floatTensor(
          [1, 3, 4],
          values.map((value) => value / 100),
        ),
      ],
    ])
  })
  const model = quantiseGraph(graph, rows, { bits: 8, output: 'logits' })
  for (const row of rows) {
    const { y } = infer(model, row).outputs
    interpretGraph(graph, row)
      .get('y')!
      .data.forEach((value, i) => {
        expect(Math.abs(y![i]! - value)).toBeLessThan(0.02)
      })
  }
})
