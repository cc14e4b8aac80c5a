import { describe, expect, test } from 'vitest'
import { importOnnx } from '#circuits/import/import-model.js'
import { float, onnxModel, tensor } from '../../support/onnx-builder.js'
import { runModel } from '../../support/run-model.js'

describe('inputs and outputs', () => {
  const model = {
    opset: 13,
    inputs: [
      { name: 'a', shape: [1, 2] },
      { name: 'b', shape: [1, 2] },
    ],
  }

  test('several of each, one of them unused', () => {
    const nodes = [
      { op: 'Add', inputs: ['a', 'a'], outputs: ['s'] },
      { op: 'Identity', inputs: ['s'], outputs: ['t'] },
      { op: 'Relu', inputs: ['s'], outputs: ['r'] },
    ]
    const graph = importOnnx(onnxModel({ ...model, outputs: ['t', 's', 'r'], nodes }))
    expect(graph.inputs.map(({ name }) => name)).toEqual(['a', 'b'])
    expect(graph.outputs.map(({ name }) => name)).toEqual(['t', 's', 'r'])
    expect(
      runModel(onnxModel({ ...model, outputs: ['t', 's', 'r'], nodes }), { a: [1, -2], b: [0, 0] }).data,
    ).toEqual([2, -4])
  })

  test('an output listed twice, or one that is an input, is refused', () => {
    const nodes = [{ op: 'Add', inputs: ['a', 'b'], outputs: ['s'] }]
    expect(() => importOnnx(onnxModel({ ...model, outputs: ['s', 's'], nodes }))).toThrow(/listed twice/)
    expect(() => importOnnx(onnxModel({ ...model, outputs: ['s', 'a'], nodes }))).toThrow(/is an input/)
  })

  test('an input of the network may be put out under another name', () => {
    const nodes = [{ op: 'Identity', inputs: ['a'], outputs: ['s'] }]
    expect(runModel(onnxModel({ ...model, outputs: ['s'], nodes }), { a: [1, 2], b: [3, 4] }).data).toEqual([
      1, 2,
    ])
  })

  test('a channel shuffle: Split, Slice, Concat and Gather on one value', () => {
    const nodes = [
      { op: 'Split', inputs: ['a'], outputs: ['l', 'r'], attributes: { axis: 1 } },
      { op: 'Concat', inputs: ['r', 'l', 'b'], outputs: ['c'], attributes: { axis: 1 } },
      { op: 'Gather', inputs: ['c', 'i'], outputs: ['g'], attributes: { axis: 1 } },
      { op: 'Mul', inputs: ['g', 'k'], outputs: ['y'] },
    ]
    const initializers = { i: tensor([3], [3, 0, 1], { type: 'int64' }), k: tensor([], [2]) }
    const file = onnxModel({ ...model, outputs: ['y'], nodes, initializers })
    expect(runModel(file, { a: [1, 2], b: [3, 4] }).data).toEqual([8, 4, 2])
  })

  test('an attribute that is a float stays one', () => {
    const nodes = [{ op: 'LeakyRelu', inputs: ['a'], outputs: ['y'], attributes: { alpha: float(1) } }]
    expect(runModel(onnxModel({ ...model, outputs: ['y'], nodes }), { a: [-1, 2], b: [0, 0] }).data).toEqual([
      -1, 2,
    ])
  })
})
