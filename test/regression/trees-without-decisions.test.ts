import { expect, test } from 'vitest'
import { emitCircuit } from '#circuits/emit/emit.js'
import { floatTensor, graphOf } from '../support/graph-builder.js'
import { quantised } from '../support/quantised.js'

test('trees that are a leaf each quantise to their constant sum', () => {
  const leaves = floatTensor([2, 2], [0.5, -1, 0.25, 3])
  const base = floatTensor([2], [0.125, 0])
  const tree = {
    kind: 'treeEnsemble',
    input: 'x',
    output: 'y',
    decisions: [],
    roots: [-1, -2],
    leaves,
    base,
  } as const
  const { model, error } = quantised(graphOf([1, 3], [tree]))
  expect(error).toBeLessThan(0.01)
  expect(emitCircuit(model, 'public').account.total).toBeLessThan(60)
})
