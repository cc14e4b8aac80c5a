import { describe, expect, test } from 'vitest'
import { importOnnx } from '#circuits/import/import-model.js'
import { expectError } from '../../support/expect-error.js'
import {
  type AttributeValue,
  float,
  integers,
  type OnnxNode,
  onnxModel,
  type TensorObject,
  tensor,
} from '../../support/onnx-builder.js'
import { ramp, runModel } from '../../support/run-model.js'

function unary(
  op: string,
  shape: readonly number[],
  opset: number,
  attributes: Readonly<Record<string, AttributeValue>> = {},
  constants: Readonly<Record<string, TensorObject>> = {},
): Uint8Array {
  return chain(
    shape,
    opset,
    [{ op, inputs: ['x', ...Object.keys(constants)], outputs: ['y'], attributes }],
    constants,
  )
}

function chain(
  shape: readonly number[],
  opset: number,
  nodes: readonly OnnxNode[],
  initializers: Readonly<Record<string, TensorObject>> = {},
): Uint8Array {
  return onnxModel({ opset, inputs: [{ name: 'x', shape }], outputs: ['y'], nodes, initializers })
}

const six = { x: ramp(6) }

describe('index maps', () => {
  test.each([
    { axis: 0, shape: [1, 6] },
    { axis: 1, shape: [1, 6] },
    { axis: 2, shape: [2, 3] },
    { axis: 3, shape: [6, 1] },
    { axis: -1, shape: [2, 3] },
  ])('Flatten at axis $axis', ({ axis, shape }) => {
    expect(runModel(unary('Flatten', [1, 2, 3], 13, { axis }), six)).toEqual({ shape, data: ramp(6) })
  })

  test.each([
    { asked: [3, 2], shape: [3, 2] },
    { asked: [0, -1], shape: [1, 6] },
    { asked: [-1], shape: [6] },
    { asked: [0, 0, 3, 1], shape: [1, 2, 3, 1] },
  ])('Reshape to $asked', ({ asked, shape }) => {
    const file = unary('Reshape', [1, 2, 3], 7, {}, { s: integers(...asked) })
    expect(runModel(file, six)).toEqual({ shape, data: ramp(6) })
  })

  test('Reshape with allowzero does not keep axes', () => {
    const file = unary('Reshape', [1, 2, 3], 14, { allowzero: 1 }, { s: integers(0, 6) })
    expectError('INVALID_ONNX', () => importOnnx(file), /cannot shape/)
  })

  test('Reshape to a computed shape is unsupported', () => {
    const file = chain([2, 3], 13, [
      { op: 'Relu', inputs: ['x'], outputs: ['s'] },
      { op: 'Reshape', inputs: ['x', 's'], outputs: ['y'] },
    ])
    expectError('UNSUPPORTED_OPERATOR', () => importOnnx(file), /needs a constant shape/)
  })

  test('Transpose permutes, or reverses the axes', () => {
    expect(runModel(unary('Transpose', [1, 2, 3], 13, { perm: [0, 2, 1] }), six)).toEqual({
      shape: [1, 3, 2],
      data: [1, 4, 2, 5, 3, 6],
    })
    expect(runModel(unary('Transpose', [2, 3], 7), six)).toEqual({ shape: [3, 2], data: [1, 4, 2, 5, 3, 6] })
  })

  test('Squeeze and Unsqueeze take axes as attribute before opset 13, as input from there', () => {
    const shape = [1, 2, 1, 3]
    expect(runModel(unary('Squeeze', shape, 11, { axes: [-2] }), six).shape).toEqual([1, 2, 3])
    expect(runModel(unary('Squeeze', shape, 13, {}, { a: integers(0) }), six).shape).toEqual([2, 1, 3])
    expect(runModel(unary('Squeeze', shape, 13), six).shape).toEqual([2, 3])
    expect(runModel(unary('Unsqueeze', [2, 3], 9, { axes: [0, 3] }), six).shape).toEqual([1, 2, 3, 1])
    expect(runModel(unary('Unsqueeze', [2, 3], 21, {}, { a: integers(-1) }), six).shape).toEqual([2, 3, 1])
    const attribute = unary('Squeeze', shape, 13, { axes: [0] })
    expectError('UNSUPPORTED_OPERATOR', () => importOnnx(attribute), /attribute "axes"/)
    expectError('INVALID_ONNX', () => importOnnx(unary('Squeeze', shape, 11, { axes: [1] })), /longer than 1/)
  })

  test('Pad takes pads as attribute before opset 11, as input from there, with axes from 18', () => {
    const data = [0, 1, 2, 3, 0, 0, 4, 5, 6, 0]
    const pads = integers(0, 1, 0, 1)
    expect(runModel(unary('Pad', [2, 3], 10, { pads: [0, 1, 0, 1] }), six).data).toEqual(data)
    expect(runModel(unary('Pad', [2, 3], 11, {}, { p: pads }), six).data).toEqual(data)
    const valued = unary('Pad', [2, 3], 13, { mode: 'constant' }, { p: pads, v: tensor([], [7]) })
    expect(runModel(valued, six).data).toEqual([7, 1, 2, 3, 7, 7, 4, 5, 6, 7])
    const nodes = [{ op: 'Pad', inputs: ['x', 'p', '', 'a'], outputs: ['y'] }]
    const onAxis = chain([2, 3], 18, nodes, { p: integers(1, 1), a: integers(-1) })
    expect(runModel(onAxis, six).data).toEqual(data)
  })
})

describe('values that stay', () => {
  test('Identity and Dropout do nothing, also as the whole model', () => {
    expect(runModel(unary('Identity', [2, 3], 7), six)).toEqual({ shape: [2, 3], data: ramp(6) })
    expect(runModel(unary('Dropout', [2, 3], 7, { ratio: float(0.3) }), six).data).toEqual(ramp(6))
    const file = unary(
      'Dropout',
      [2, 3],
      13,
      {},
      { r: tensor([], [0.3]), t: tensor([], [0], { type: 'bool' }) },
    )
    expect(runModel(file, six).data).toEqual(ramp(6))
  })

  test('Dropout in training mode is unsupported', () => {
    const file = unary(
      'Dropout',
      [2, 3],
      13,
      {},
      { r: tensor([], [0.3]), t: tensor([], [1], { type: 'bool' }) },
    )
    expectError('UNSUPPORTED_OPERATOR', () => importOnnx(file), /training mode/)
  })

  test('an output that a dropped node named keeps its name', () => {
    const file = chain([1, 3], 13, [
      { op: 'Relu', inputs: ['x'], outputs: ['r'] },
      { op: 'Identity', inputs: ['r'], outputs: ['i'] },
      { op: 'Identity', inputs: ['i'], outputs: ['y'] },
    ])
    const graph = importOnnx(file)
    expect(graph.nodes.map(({ kind, output }) => [kind, output])).toEqual([['relu', 'y']])
  })
})

describe('Softmax and ArgMax', () => {
  const rounded = (values: readonly number[], sizes: number): number[] => {
    const groups = values.length / sizes
    return Array.from({ length: groups }, (_, group) => {
      const exponents = values.slice(group * sizes, (group + 1) * sizes).map(Math.exp)
      const sum = exponents.reduce((total, value) => total + value, 0)
      return exponents.map((value) => Math.round((value / sum) * 1e4) / 1e4)
    }).flat()
  }

  test('Softmax flattens the axes behind its own before opset 13, and not from there', () => {
    const shape = [1, 2, 3]
    expect(runModel(unary('Softmax', shape, 11), six).data).toEqual(rounded(ramp(6), 6))
    expect(runModel(unary('Softmax', shape, 12, { axis: -1 }), six).data).toEqual(rounded(ramp(6), 3))
    expect(runModel(unary('Softmax', shape, 13), six).data).toEqual(rounded(ramp(6), 3))
    const across = runModel(unary('Softmax', shape, 13, { axis: 1 }), { x: [1, 4, 2, 2, 4, 2] }).data
    expect(across).toEqual([0.2689, 0.5, 0.5, 0.7311, 0.5, 0.5])
  })

  test('Softmax of large values does not overflow', () => {
    expect(runModel(unary('Softmax', [1, 2], 13), { x: [1000, 1000] }).data).toEqual([0.5, 0.5])
  })

  test('ArgMax takes the lowest index of a tie, or the last by option', () => {
    const tie = { x: [1, 3, 3, 5, 5, 2] }
    expect(runModel(unary('ArgMax', [2, 3], 11, { axis: 1 }), tie)).toEqual({ shape: [2, 1], data: [1, 0] })
    const last = unary('ArgMax', [2, 3], 12, { axis: 1, keepdims: 0, select_last_index: 1 })
    expect(runModel(last, tie)).toEqual({ shape: [2], data: [2, 1] })
    expect(runModel(unary('ArgMax', [2, 3], 13), tie)).toEqual({ shape: [1, 3], data: [1, 1, 0] })
  })

  test('LogSoftmax is the logarithm', () => {
    const data = [-2.4076, -1.4076, -0.4076]
    expect(runModel(unary('LogSoftmax', [1, 3], 13), { x: [0, 1, 2] }).data).toEqual(data)
    expect(runModel(unary('LogSoftmax', [1, 3, 1], 11), { x: [1000, 1001, 1002] }).data).toEqual(data)
  })

  test('Softmax before another operator becomes steps, before one that does nothing it stays last', () => {
    const early = { op: 'Softmax', inputs: ['x'], outputs: ['s'] }
    const steps = importOnnx(chain([1, 3], 13, [early, { op: 'Relu', inputs: ['s'], outputs: ['y'] }]))
    expect(steps.nodes.map(({ kind }) => kind)).not.toContain('softmax')
    const last = importOnnx(chain([1, 3], 13, [early, { op: 'Identity', inputs: ['s'], outputs: ['y'] }]))
    expect(last.nodes.map(({ kind }) => kind)).toEqual(['softmax'])
  })
})

describe('constants', () => {
  const withConstant = (attributes: Readonly<Record<string, AttributeValue>>): Uint8Array =>
    chain([2], 13, [
      { op: 'Constant', inputs: [], outputs: ['c'], attributes },
      { op: 'Add', inputs: ['x', 'c'], outputs: ['y'] },
    ])

  test('Constant as a tensor', () => {
    const file = withConstant({ value: { tensor: tensor([2], [10, 20]) } })
    expect(runModel(file, { x: [1, 2] }).data).toEqual([11, 22])
  })

  test('Constant as plain numbers', () => {
    expect(runModel(withConstant({ value_float: float(10) }), { x: [1, 2] }).data).toEqual([11, 12])
    expect(runModel(withConstant({ value_floats: { floats: [10, 20] } }), { x: [1, 2] }).data).toEqual([
      11, 22,
    ])
    for (const [name, value] of [
      ['value_ints', [2, 3]],
      ['value_int', 6],
    ] as const) {
      const file = chain(
        [2, 3],
        13,
        [
          { op: 'Constant', inputs: [], outputs: ['c'], attributes: { [name]: value } },
          ...(name === 'value_int'
            ? [{ op: 'Unsqueeze', inputs: ['c', 'zero'], outputs: ['s'] }]
            : [{ op: 'Identity', inputs: ['c'], outputs: ['s'] }]),
          { op: 'Reshape', inputs: ['x', 's'], outputs: ['y'] },
        ],
        { zero: integers(0) },
      )
      expect(runModel(file, six).data).toEqual(ramp(6))
    }
    expectError('UNSUPPORTED_OPERATOR', () => importOnnx(withConstant({ value_string: 'a' })), /no numbers/)
  })

  test('weights that pass through shape operators stay constants', () => {
    const file = chain(
      [1, 2],
      13,
      [
        { op: 'Transpose', inputs: ['W'], outputs: ['t'] },
        { op: 'Identity', inputs: ['t'], outputs: ['i'] },
        { op: 'MatMul', inputs: ['x', 'i'], outputs: ['y'] },
      ],
      { W: tensor([3, 2], [1, 2, 3, 4, 5, 6]) },
    )
    expect(runModel(file, { x: [1, 10] }).data).toEqual([21, 43, 65])
  })

  test('the shape arithmetic that torch writes for view is folded', () => {
    const nodes = [
      { op: 'Shape', inputs: ['x'], outputs: ['s'] },
      { op: 'Gather', inputs: ['s', 'zero'], outputs: ['n'] },
      { op: 'Unsqueeze', inputs: ['n', 'axis'], outputs: ['u'] },
      { op: 'Concat', inputs: ['u', 'rest'], outputs: ['c'], attributes: { axis: 0 } },
      { op: 'Cast', inputs: ['c'], outputs: ['to'], attributes: { to: 7 } },
      { op: 'Reshape', inputs: ['x', 'to'], outputs: ['y'] },
    ]
    const zero = tensor([], [0], { type: 'int64' })
    const file = chain([1, 2, 3], 14, nodes, { zero, axis: integers(0), rest: integers(-1) })
    const graph = importOnnx(file)
    expect(graph.nodes.map(({ kind }) => kind)).toEqual(['reshape'])
    expect(graph.outputs[0]!.shape).toEqual([1, 6])
  })
})
