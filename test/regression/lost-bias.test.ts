import { expect, test } from 'vitest'
import { defaultQuantiseOptions } from '#circuits/quantise/options.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { infer } from '#prover/inference/infer.js'
import { floatTensor, graphOf } from '../support/graph-builder.js'

test('an output layer without weights keeps its bias', () => {
  const weight = floatTensor([3, 2], [0, 0, 0, 0, 0, 0])
  const bias = floatTensor([3], [-0.108, 0, -0.25])
  const graph = graphOf([1, 2], [{ kind: 'dense', input: 'x', output: 'y', weight, bias }])
  const row = new Map([['x', floatTensor([1, 2], [0.5, 1])]])
  const { outputs } = infer(quantiseGraph(graph, [row], defaultQuantiseOptions), row)
  bias.data.forEach((value, i) => {
    expect(outputs.y![i]).toBeCloseTo(value, 2)
  })
})
