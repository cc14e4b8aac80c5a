import { expect, test } from 'vitest'
import { emitCircuit } from '#circuits/emit/emit.js'
import { optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { importOnnx } from '#circuits/import/import-model.js'
import { withCapacities } from '#circuits/quantise/capacities.js'
import { defaultQuantiseOptions } from '#circuits/quantise/options.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { architectureBytes } from '#prover/bundle/architecture-bytes.js'
import { integers, type OnnxNode, onnxModel, tensor } from '../support/onnx-builder.js'
import { randomRows } from '../support/random-graph.js'

const joining: Readonly<Record<string, OnnxNode>> = {
  Concat: { op: 'Concat', inputs: ['x', 'token'], outputs: ['joined'], attributes: { axis: 1 } },
  Pad: { op: 'Pad', inputs: ['x', 'pads', 'number'], outputs: ['joined'] },
}

/** What everybody gets of a model with hidden weights: architecture and circuit. */
function published(node: OnnxNode, token: number): string {
  const file = onnxModel({
    opset: 17,
    inputs: [{ name: 'x', shape: [1, 4] }],
    outputs: ['y'],
    nodes: [node, { op: 'MatMul', inputs: ['joined', 'w'], outputs: ['y'] }],
    initializers: {
      pads: integers(0, 0, 0, 1),
      number: tensor([], [token]),
      token: tensor([1, 1], [token]),
      w: tensor(
        [5, 2],
        Array.from({ length: 10 }, (_, i) => Math.sin(i)),
      ),
    },
  })
  const graph = optimiseGraph(importOnnx(file))
  const options = { ...defaultQuantiseOptions, weights: 'committed' } as const
  const model = withCapacities(quantiseGraph(graph, randomRows(graph, 1, 20, 0), options))
  const { source } = emitCircuit(model, 'public', { weights: 'committed' })
  return `${source}${new TextDecoder().decode(architectureBytes(model))}`
}

/** A trained number that fills places stood in the public architecture and in the circuit. */
test.each(Object.keys(joining))('a number that %s puts beside values is hidden with the weights', (op) => {
  expect(published(joining[op]!, 0.55)).toBe(published(joining[op]!, 0.5))
})
