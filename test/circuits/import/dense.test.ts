import { describe, expect, test } from 'vitest'
import { importOnnx } from '#circuits/import/import-model.js'
import { expectError } from '../../support/expect-error.js'
import {
  type AttributeValue,
  float,
  onnxModel,
  type TensorObject,
  tensor,
} from '../../support/onnx-builder.js'
import { ramp, runModel } from '../../support/run-model.js'

function binary(
  op: string,
  shape: readonly (number | string)[],
  constants: Readonly<Record<string, TensorObject>>,
  attributes: Readonly<Record<string, AttributeValue>> = {},
  opset = 13,
): Uint8Array {
  const inputs = ['x', ...Object.keys(constants)]
  return onnxModel({
    opset,
    inputs: [{ name: 'x', shape }],
    outputs: ['y'],
    nodes: [{ op, inputs, outputs: ['y'], attributes }],
    initializers: constants,
  })
}

describe('Gemm', () => {
  const matrix = tensor([2, 3], [1, 2, 3, 4, 5, 6])

  test.each([7, 9, 11, 13, 21])('multiplies by B and adds C in opset %i', (opset) => {
    const file = binary('Gemm', [1, 2], { B: matrix, C: tensor([3], [10, 20, 30]) }, {}, opset)
    expect(runModel(file, { x: [1, 2] })).toEqual({ shape: [1, 3], data: [19, 32, 45] })
  })

  test('applies alpha, beta and both transpositions', () => {
    const attributes = { alpha: float(2), beta: float(0.5), transA: 1, transB: 1 }
    const file = binary('Gemm', [3, 1], { B: matrix, C: tensor([1, 2], [1, 2]) }, attributes)
    expect(runModel(file, { x: [1, 2, 3] })).toEqual({ shape: [1, 2], data: [28.5, 65] })
  })

  test('adds a C that differs by row', () => {
    const file = binary('Gemm', [2, 2], { B: matrix, C: tensor([2, 1], [100, 200]) })
    expect(runModel(file, { x: [1, 0, 0, 1] }).data).toEqual([101, 102, 103, 204, 205, 206])
  })

  test('takes a symbolic batch axis as 1', () => {
    const graph = importOnnx(binary('Gemm', ['N', 2], { B: matrix }))
    expect(graph.inputs).toEqual([{ name: 'x', shape: [1, 2] }])
    expect(graph.outputs).toEqual([{ name: 'y', shape: [1, 3] }])
  })

  test('takes a B and a C that are computed', () => {
    const file = onnxModel({
      inputs: [
        { name: 'x', shape: [1, 2] },
        { name: 'z', shape: [3, 2] },
        { name: 'c', shape: [1] },
      ],
      outputs: ['y'],
      nodes: [
        {
          op: 'Gemm',
          inputs: ['x', 'z', 'c'],
          outputs: ['y'],
          attributes: { transB: 1, alpha: float(2), beta: float(0.5) },
        },
      ],
    })
    expect(runModel(file, { x: [1, 2], z: ramp(6), c: [10] })).toEqual({ shape: [1, 3], data: [15, 27, 39] })
  })

  test('refuses shapes that do not fit', () => {
    expectError(
      'UNSUPPORTED_SHAPE',
      () => importOnnx(binary('Gemm', [1, 5], { B: matrix })),
      /needs 2 elements/,
    )
    const badBias = binary('Gemm', [1, 2], { B: matrix, C: tensor([2], [1, 2]) })
    expectError('INVALID_ONNX', () => importOnnx(badBias), /C of \[2\] that does not fit \[1, 3\]/)
  })
})

describe('MatMul', () => {
  test.each([
    { left: [1, 2], right: [2, 2], shape: [1, 2], data: [7, 10] },
    { left: [2], right: [2, 2], shape: [2], data: [7, 10] },
    { left: [1, 1, 2], right: [2, 2], shape: [1, 1, 2], data: [7, 10] },
    { left: [1, 2], right: [1, 2, 2], shape: [1, 1, 2], data: [7, 10] },
    { left: [2], right: [1, 1, 2, 2], shape: [1, 1, 2], data: [7, 10] },
  ])('multiplies $left by $right', ({ left, right, shape, data }) => {
    expect(runModel(binary('MatMul', left, { B: tensor(right, [1, 2, 3, 4]) }), { x: [1, 2] })).toEqual({
      shape,
      data,
    })
  })

  test('multiplies by a vector', () => {
    const file = binary('MatMul', [2, 3], { B: tensor([3], [1, 2, 3]) })
    expect(runModel(file, { x: [1, 1, 1, 1, 0, 0] })).toEqual({ shape: [2], data: [6, 1] })
  })

  test('multiplies by a batch of matrices', () => {
    const file = binary('MatMul', [1, 2], { B: tensor([2, 2, 1], [1, 2, 3, 4]) })
    expect(runModel(file, { x: [1, 10] })).toEqual({ shape: [2, 1, 1], data: [21, 43] })
    const pairs = binary('MatMul', [2, 1, 2], { B: tensor([2, 2, 2], ramp(8)) })
    expect(runModel(pairs, { x: [1, 10, 100, 1000] })).toEqual({
      shape: [2, 1, 2],
      data: [31, 42, 7500, 8600],
    })
  })

  test('takes a constant left side', () => {
    const file = onnxModel({
      inputs: [{ name: 'x', shape: [1, 2, 2] }],
      outputs: ['y'],
      nodes: [{ op: 'MatMul', inputs: ['A', 'x'], outputs: ['y'] }],
      initializers: { A: tensor([1, 2], [1, 10]) },
    })
    expect(runModel(file, { x: ramp(4) })).toEqual({ shape: [1, 1, 2], data: [31, 42] })
  })

  test.each([
    { left: [2, 2], right: [2, 2], shape: [2, 2], data: [7, 10, 15, 22] },
    { left: [2], right: [2, 2], shape: [2], data: [7, 10] },
    { left: [2, 2], right: [2], shape: [2], data: [5, 11] },
    { left: [2], right: [2], shape: [], data: [5] },
    { left: [2, 1, 2], right: [2, 1], shape: [2, 1, 1], data: [5, 11] },
    { left: [1, 2], right: [2, 2, 1], shape: [2, 1, 1], data: [5, 11] },
  ])('multiplies computed values $left by $right', ({ left, right, shape, data }) => {
    const file = onnxModel({
      inputs: [
        { name: 'a', shape: left },
        { name: 'b', shape: right },
      ],
      outputs: ['y'],
      nodes: [{ op: 'MatMul', inputs: ['a', 'b'], outputs: ['y'] }],
    })
    const numbers = (of: readonly number[]): number[] =>
      ramp(of.reduce((product, length) => product * length, 1))
    expect(runModel(file, { a: numbers(left), b: numbers(right) })).toEqual({ shape, data })
  })
})

describe('Add', () => {
  test.each([
    { shape: [3], constant: [3], data: [11, 22, 33] },
    { shape: [1, 3], constant: [], data: [11, 12, 13] },
    { shape: [3], constant: [2, 1], data: [11, 12, 13, 21, 22, 23] },
  ])('adds a constant $constant to $shape', ({ shape, constant, data }) => {
    const values = [10, 20, 30].slice(
      0,
      constant.reduce((product, length) => product * length, 1),
    )
    for (const inputs of [
      ['x', 'c'],
      ['c', 'x'],
    ]) {
      const file = onnxModel({
        inputs: [{ name: 'x', shape }],
        outputs: ['y'],
        nodes: [{ op: 'Add', inputs, outputs: ['y'] }],
        initializers: { c: tensor(constant, values) },
      })
      expect(runModel(file, { x: [1, 2, 3] }).data).toEqual(data)
    }
  })

  test('adds two values with broadcasting', () => {
    const file = onnxModel({
      opset: 7,
      inputs: [
        { name: 'a', shape: [1, 2, 1] },
        { name: 'b', shape: [3] },
      ],
      outputs: ['y'],
      nodes: [{ op: 'Add', inputs: ['a', 'b'], outputs: ['y'] }],
    })
    expect(runModel(file, { a: [10, 20], b: [1, 2, 3] })).toEqual({
      shape: [1, 2, 3],
      data: [11, 12, 13, 21, 22, 23],
    })
  })

  test('refuses shapes that do not fit', () => {
    const file = binary('Add', [1, 3], { c: tensor([2], [1, 2]) })
    expectError('INVALID_ONNX', () => importOnnx(file), /\[1, 3\] and \[2\]/)
  })
})
