import { describe, expect, test } from 'vitest'
import { optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { sinkAffine } from '#circuits/graph/passes/sink-affine.js'
import { importOnnx } from '#circuits/import/import-model.js'
import { floatTensor, graphOf } from '../../support/graph-builder.js'
import { onnxModel, tensor } from '../../support/onnx-builder.js'
import { runModel } from '../../support/run-model.js'

const quantise = { kind: 'quantise', input: 'x', output: 'r', scale: 0.5, low: -8, high: 7 } as const
const step = (factor: number) =>
  ({
    kind: 'affine',
    input: 'r',
    output: 'q',
    scale: floatTensor([1], [factor]),
    offset: floatTensor([1], [3]),
  }) as const
const pool = {
  kind: 'maxPool',
  input: 'q',
  output: 'p',
  window: { kernel: [2, 2], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] },
} as const
const flat = { kind: 'reshape', input: 'p', output: 'y', shape: [1, 1] } as const

describe('sinkAffine', () => {
  test('moves the step to integers behind a pool and a reshape', () => {
    const graph = sinkAffine(graphOf([1, 1, 2, 2], [quantise, step(2), pool, flat]))
    expect(graph.nodes.map(({ kind }) => kind)).toEqual(['quantise', 'maxPool', 'reshape', 'affine'])
    expect(graph.outputs).toEqual([{ name: 'y', shape: [1, 1] }])
  })

  test('leaves steps that turn the order, or that something else reads', () => {
    const turned = graphOf([1, 1, 2, 2], [quantise, step(-2), pool, flat])
    expect(sinkAffine(turned).nodes.map(({ kind }) => kind)).toEqual([
      'quantise',
      'affine',
      'maxPool',
      'reshape',
    ])
    const shared = graphOf([1, 1, 2, 2], [quantise, step(2), pool, flat], ['y', 'q'])
    expect(sinkAffine(shared).nodes.map(({ kind }) => kind)).toEqual([
      'quantise',
      'affine',
      'maxPool',
      'reshape',
    ])
  })

  test('a model in QLinear form pools rounded values and nothing else is left between', () => {
    const scalar = (value: number, type: 'float' | 'uint8' = 'float') => tensor([], [value], { type })
    const pair = ['s', 'z']
    const file = onnxModel({
      inputs: [{ name: 'x', shape: [1, 1, 2, 2] }],
      outputs: ['y'],
      nodes: [
        { op: 'QuantizeLinear', inputs: ['x', ...pair], outputs: ['q'] },
        { op: 'MaxPool', inputs: ['q'], outputs: ['p'], attributes: { kernel_shape: [2, 2] } },
        { op: 'Flatten', inputs: ['p'], outputs: ['f'] },
        { op: 'DequantizeLinear', inputs: ['f', ...pair], outputs: ['y'] },
      ],
      initializers: { s: scalar(0.1), z: scalar(7, 'uint8') },
    })
    expect(optimiseGraph(importOnnx(file)).nodes.map(({ kind }) => kind)).toEqual([
      'quantise',
      'maxPool',
      'reshape',
    ])
    expect(runModel(file, { x: [0.11, -0.2, 0.52, 0.3] })).toEqual({ shape: [1, 1], data: [0.5] })
  })
})
