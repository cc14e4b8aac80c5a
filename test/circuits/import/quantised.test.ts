import { describe, expect, test } from 'vitest'
import { optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { importOnnx } from '#circuits/import/import-model.js'
import { expectError } from '../../support/expect-error.js'
import { type OnnxModel, type OnnxType, onnxModel, tensor } from '../../support/onnx-builder.js'
import { runModel } from '../../support/run-model.js'

const scalar = (value: number, type: OnnxType = 'float') => tensor([], [value], { type })

/** A chain in QDQ form: input, weight and output each pass through a pair. */
const qdq: OnnxModel = {
  opset: 13,
  inputs: [{ name: 'x', shape: [1, 2] }],
  outputs: ['y'],
  nodes: [
    { op: 'QuantizeLinear', inputs: ['x', 'xs', 'xz'], outputs: ['xq'] },
    { op: 'DequantizeLinear', inputs: ['xq', 'xs', 'xz'], outputs: ['xr'] },
    { op: 'DequantizeLinear', inputs: ['xq', 'xs', 'xz'], outputs: ['xt'] },
    { op: 'DequantizeLinear', inputs: ['W', 'ws'], outputs: ['Wr'], attributes: { axis: 1 } },
    { op: 'MatMul', inputs: ['xr', 'Wr'], outputs: ['p'] },
    { op: 'Add', inputs: ['p', 'xt'], outputs: ['s'] },
    { op: 'QuantizeLinear', inputs: ['s', 'ys', 'yz'], outputs: ['yq'] },
    { op: 'DequantizeLinear', inputs: ['yq', 'ys', 'yz'], outputs: ['y'] },
  ],
  initializers: {
    xs: scalar(0.1),
    xz: scalar(10, 'uint8'),
    W: tensor([2, 2], [1, 2, 3, 4], { type: 'int8' }),
    ws: tensor([2], [0.5, 0.25]),
    ys: scalar(0.3),
    yz: scalar(-3, 'int8'),
  },
}

describe('QuantizeLinear and DequantizeLinear', () => {
  test('quantizelinear', () => {
    const file = onnxModel({
      inputs: [{ name: 'x', shape: [6] }],
      outputs: [{ name: 'y', type: 'uint8' }],
      nodes: [{ op: 'QuantizeLinear', inputs: ['x', 's', 'z'], outputs: ['y'] }],
      initializers: { s: scalar(2), z: scalar(128, 'uint8') },
    })
    expect(runModel(file, { x: [0, 2, 3, 1000, -254, -1000] }).data).toEqual([128, 129, 130, 255, 1, 0])
  })

  test('quantizelinear_axis and dequantizelinear_axis, of computed values', () => {
    const constants = { s: tensor([3], [2, 4, 5]), z: tensor([3], [84, 84, 84], { type: 'uint8' }) }
    const run = (op: string, type: OnnxType, x: readonly number[]) =>
      runModel(
        onnxModel({
          inputs: [{ name: 'x', shape: [1, 3, 1, 2], type: op === 'QuantizeLinear' ? 'float' : 'uint8' }],
          outputs: [{ name: 'y', type }],
          nodes: [{ op, inputs: ['x', 's', 'z'], outputs: ['y'] }],
          initializers: constants,
        }),
        { x },
      ).data
    expect(run('QuantizeLinear', 'uint8', [-162, 10, -100, 232, -20, -50])).toEqual([3, 89, 59, 142, 80, 74])
    expect(run('DequantizeLinear', 'float', [3, 89, 34, 200, 74, 59])).toEqual([
      -162, 10, -200, 464, -50, -125,
    ])
  })

  test('a pair leaves one rounding and no other node', () => {
    const graph = optimiseGraph(importOnnx(onnxModel(qdq)))
    expect(graph.nodes.map(({ kind }) => kind)).toEqual(['quantise', 'dense', 'add', 'quantise'])
    // x becomes [1.1, 2.1]; x·W + x = [0.55 + 3.15 + 1.1, 0.55 + 2.1 + 2.1] = [4.8, 4.75], then multiples of 0.3.
    expect(runModel(onnxModel(qdq), { x: [1.14, 2.06] }).data).toEqual([4.8, 4.8])
  })

  test('models of integers in and out keep scales and zero points', () => {
    const file = onnxModel({
      inputs: [{ name: 'x', shape: [1, 2], type: 'uint8' }],
      outputs: [{ name: 'y', type: 'int8' }],
      nodes: [
        { op: 'DequantizeLinear', inputs: ['x', 'xs', 'xz'], outputs: ['r'] },
        { op: 'Relu', inputs: ['r'], outputs: ['p'] },
        { op: 'QuantizeLinear', inputs: ['p', 'ys', 'yz'], outputs: ['y'] },
      ],
      initializers: qdq.initializers ?? {},
    })
    expect(runModel(file, { x: [0, 40] }).data).toEqual([-3, 7])
  })

  test('blocks of constants, and int4', () => {
    const int4 = { dims: [1, 4], dataType: 22, rawData: Uint8Array.of(0x71, 0x8f) }
    const file = onnxModel({
      opset: 21,
      inputs: [{ name: 'x', shape: [1, 4] }],
      outputs: ['y'],
      nodes: [
        {
          op: 'DequantizeLinear',
          inputs: ['W', 's'],
          outputs: ['w'],
          attributes: { axis: 1, block_size: 2 },
        },
        { op: 'Mul', inputs: ['x', 'w'], outputs: ['y'] },
      ],
      initializers: { W: int4, s: tensor([1, 2], [1, 10]) },
    })
    expect(runModel(file, { x: [1, 1, 1, 1] }).data).toEqual([1, 7, -10, -80])
  })

  test('scales that are not positive and types that are too wide are refused', () => {
    const spoilt = (initializers: OnnxModel['initializers']): Uint8Array =>
      onnxModel({ ...qdq, initializers: { ...qdq.initializers, ...initializers } })
    expectError('INVALID_ONNX', () => importOnnx(spoilt({ xs: scalar(0) })), /not positive/)
    expectError('UNSUPPORTED_OPERATOR', () => importOnnx(spoilt({ xz: scalar(0, 'int32') })), /int32/)
    expectError('UNSUPPORTED_OPERATOR', () => importOnnx(spoilt({ xz: scalar(0) })), /not known/)
  })
})

test('matmulinteger', () => {
  const file = onnxModel({
    inputs: [{ name: 'A', shape: [4, 3], type: 'uint8' }],
    outputs: [{ name: 'y', type: 'int32' }],
    nodes: [{ op: 'MatMulInteger', inputs: ['A', 'B', 'az', 'bz'], outputs: ['y'] }],
    initializers: {
      B: tensor([3, 2], [1, 4, 2, 5, 3, 6], { type: 'uint8' }),
      az: tensor([1], [12], { type: 'uint8' }),
      bz: tensor([1], [0], { type: 'uint8' }),
    },
  })
  expect(runModel(file, { A: [11, 7, 3, 10, 6, 2, 9, 5, 1, 8, 4, 0] }).data).toEqual([
    -38, -83, -44, -98, -50, -113, -56, -128,
  ])
})

test('qlinearmatmul', () => {
  const file = onnxModel({
    inputs: [{ name: 'a', shape: [2, 4], type: 'uint8' }],
    outputs: [{ name: 'y', type: 'uint8' }],
    nodes: [{ op: 'QLinearMatMul', inputs: ['a', 'as', 'az', 'b', 'bs', 'bz', 'ys', 'yz'], outputs: ['y'] }],
    initializers: {
      as: tensor([1], [0.0066]),
      az: tensor([1], [113], { type: 'uint8' }),
      b: tensor([4, 3], [152, 51, 244, 60, 26, 255, 0, 127, 246, 127, 254, 247], { type: 'uint8' }),
      bs: tensor([1], [0.00705]),
      bz: tensor([1], [114], { type: 'uint8' }),
      ys: tensor([1], [0.0107]),
      yz: tensor([1], [118], { type: 'uint8' }),
    },
  })
  expect(runModel(file, { a: [208, 236, 0, 238, 3, 214, 255, 29] }).data).toEqual([168, 115, 255, 1, 66, 151])
})
