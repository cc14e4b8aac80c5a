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

interface Case {
  readonly op: string
  readonly shape: readonly number[]
  readonly attributes?: Readonly<Record<string, AttributeValue>>
  readonly constants?: Readonly<Record<string, TensorObject>>
  readonly opset?: number
}

function image({ op, shape, attributes = {}, constants = {}, opset = 13 }: Case): Uint8Array {
  const inputs = ['x', ...Object.keys(constants)]
  return onnxModel({
    opset,
    inputs: [{ name: 'x', shape }],
    outputs: ['y'],
    nodes: [{ op, inputs, outputs: ['y'], attributes }],
    initializers: constants,
  })
}

const ones = (shape: readonly number[]): TensorObject =>
  tensor(shape, new Array(shape.reduce((product, length) => product * length, 1)).fill(1))

describe('Conv', () => {
  test('slides a kernel over an image, without flipping it', () => {
    const W = tensor([1, 1, 2, 2], [1, 2, 3, 4])
    const B = tensor([1], [100])
    const file = image({ op: 'Conv', shape: [1, 1, 3, 3], constants: { W, B } })
    expect(runModel(file, { x: ramp(9) })).toEqual({ shape: [1, 1, 2, 2], data: [137, 147, 167, 177] })
  })

  test.each([
    { name: 'pads', attributes: { pads: [1, 0, 0, 1] }, shape: [1, 1, 2, 2], data: [3, 2, 10, 6] },
    {
      name: 'strides',
      attributes: { strides: [2, 2], pads: [1, 1, 1, 1] },
      shape: [1, 1, 2, 2],
      data: [1, 2, 3, 4],
    },
    {
      name: 'dilations',
      attributes: { dilations: [2, 2], pads: [1, 1, 1, 1] },
      shape: [1, 1, 2, 2],
      data: [4, 3, 2, 1],
    },
    { name: 'SAME_UPPER', attributes: { auto_pad: 'SAME_UPPER' }, shape: [1, 1, 2, 2], data: [10, 6, 7, 4] },
    { name: 'SAME_LOWER', attributes: { auto_pad: 'SAME_LOWER' }, shape: [1, 1, 2, 2], data: [1, 3, 4, 10] },
    { name: 'VALID', attributes: { auto_pad: 'VALID' }, shape: [1, 1, 1, 1], data: [10] },
  ])('sums 2×2 windows of [[1, 2], [3, 4]] with $name', ({ attributes, shape, data }) => {
    const file = image({ op: 'Conv', shape: [1, 1, 2, 2], attributes, constants: { W: ones([1, 1, 2, 2]) } })
    expect(runModel(file, { x: [1, 2, 3, 4] })).toEqual({ shape, data })
  })

  test('keeps groups apart', () => {
    const W = tensor([2, 1, 1, 1], [10, 100])
    const file = image({ op: 'Conv', shape: [1, 2, 1, 2], attributes: { group: 2 }, constants: { W } })
    expect(runModel(file, { x: [1, 2, 3, 4] }).data).toEqual([10, 20, 300, 400])
  })

  test('runs over one spatial axis', () => {
    const W = tensor([1, 2, 2], [1, 2, 10, 20])
    const file = image({ op: 'Conv', shape: [1, 2, 3], attributes: { strides: [1] }, constants: { W } })
    expect(runModel(file, { x: ramp(6) })).toEqual({ shape: [1, 1, 2], data: [145, 178] })
  })

  test('runs over three spatial axes', () => {
    const W = tensor([2, 1, 2, 1, 2], [1, 10, 100, 1000, 0, 0, 0, 1])
    const B = tensor([2], [0, 0.5])
    const attributes = { pads: [1, 0, 0, 0, 0, 0], strides: [2, 1, 1] }
    const file = image({ op: 'Conv', shape: [1, 1, 3, 1, 3], attributes, constants: { W, B } })
    expect(runModel(file, { x: ramp(9) })).toEqual({
      shape: [1, 2, 2, 1, 2],
      data: [2100, 3200, 8754, 9865, 2.5, 3.5, 8.5, 9.5],
    })
  })

  test('keeps groups of volumes apart', () => {
    const W = tensor([2, 1, 1, 1, 1], [10, 100])
    const file = image({ op: 'Conv', shape: [1, 2, 2, 1, 1], attributes: { group: 2 }, constants: { W } })
    expect(runModel(file, { x: [1, 2, 3, 4] }).data).toEqual([10, 20, 300, 400])
  })

  test.each([
    { shape: [1, 3, 4, 4], weight: [1, 1, 2, 2], code: 'UNSUPPORTED_SHAPE' as const },
    { shape: [2, 1, 4, 4], weight: [1, 1, 2, 2], code: 'UNSUPPORTED_SHAPE' as const },
    { shape: [1, 1, 1, 1], weight: [1, 1, 2, 2], code: 'UNSUPPORTED_SHAPE' as const },
    { shape: [1, 1, 4, 4], weight: [1, 1, 2], code: 'INVALID_ONNX' as const },
    { shape: [1, 1, 1, 1, 1, 1], weight: [1, 1, 1, 1, 1, 1], code: 'UNSUPPORTED_OPERATOR' as const },
  ])('refuses a weight $weight over $shape', ({ shape, weight, code }) => {
    expectError(code, () => importOnnx(image({ op: 'Conv', shape, constants: { W: ones(weight) } })))
  })

  test('refuses SAME padding of dilated windows, on which runtimes disagree', () => {
    const attributes = { auto_pad: 'SAME_UPPER', dilations: [2, 2] }
    const file = image({ op: 'Conv', shape: [1, 1, 5, 5], attributes, constants: { W: ones([1, 1, 2, 2]) } })
    expectError('UNSUPPORTED_OPERATOR', () => importOnnx(file), /together with dilations/)
  })
})

describe('MaxPool', () => {
  test('runs over three spatial axes', () => {
    const attributes = { kernel_shape: [2, 1, 2], pads: [0, 0, 0, 0, 0, 1] }
    const file = image({ op: 'MaxPool', shape: [1, 1, 3, 1, 2], attributes })
    expect(runModel(file, { x: [1, 2, 9, 4, 5, 6] })).toEqual({ shape: [1, 1, 2, 1, 2], data: [9, 4, 9, 6] })
  })

  test('takes the largest of each window; padding never wins', () => {
    const attributes = { kernel_shape: [2, 2], strides: [2, 2], pads: [1, 1, 1, 1] }
    const file = image({ op: 'MaxPool', shape: [1, 1, 2, 2], attributes, opset: 8 })
    expect(runModel(file, { x: [-1, -2, -3, -4] }).data).toEqual([-1, -2, -3, -4])
  })

  test('adds the last partial window with ceil_mode, unless it starts in padding', () => {
    const attributes = { kernel_shape: [2], strides: [2], ceil_mode: 1 }
    const open = image({ op: 'MaxPool', shape: [1, 1, 5], attributes })
    expect(runModel(open, { x: ramp(5) })).toEqual({ shape: [1, 1, 3], data: [2, 4, 5] })
    const padded = image({ op: 'MaxPool', shape: [1, 1, 4], attributes: { ...attributes, pads: [0, 1] } })
    expect(runModel(padded, { x: ramp(4) })).toEqual({ shape: [1, 1, 2], data: [2, 4] })
  })

  test('spreads its window with dilations', () => {
    const file = image({ op: 'MaxPool', shape: [1, 1, 4], attributes: { kernel_shape: [2], dilations: [2] } })
    expect(runModel(file, { x: [4, 3, 2, 9] }).data).toEqual([4, 9])
  })

  test('refuses indices that are used, and ceil_mode before opset 10', () => {
    const indices = onnxModel({
      inputs: [{ name: 'x', shape: [1, 1, 4] }],
      outputs: ['y', 'i'],
      nodes: [{ op: 'MaxPool', inputs: ['x'], outputs: ['y', 'i'], attributes: { kernel_shape: [2] } }],
    })
    expectError('UNSUPPORTED_OPERATOR', () => importOnnx(indices), /second output "i"/)
    const early = image({
      op: 'MaxPool',
      shape: [1, 1, 4],
      opset: 9,
      attributes: { kernel_shape: [2], ceil_mode: 1 },
    })
    expectError('UNSUPPORTED_OPERATOR', () => importOnnx(early), /attribute "ceil_mode"/)
  })
})

describe('AveragePool', () => {
  test.each([
    { counted: 0, data: [1, 1.5, 2, 2, 2.5, 3, 3, 3.5, 4] },
    { counted: 1, data: [0.25, 0.75, 0.5, 1, 2.5, 1.5, 0.75, 1.75, 1] },
  ])('divides by what lies inside, or by all where count_include_pad is $counted', ({ counted, data }) => {
    const attributes = { kernel_shape: [2, 2], pads: [1, 1, 1, 1], count_include_pad: counted }
    const file = image({ op: 'AveragePool', shape: [1, 1, 2, 2], attributes, opset: 7 })
    expect(runModel(file, { x: [1, 2, 3, 4] }).data).toEqual(data)
  })

  test('never counts what ceil_mode adds', () => {
    const base = { kernel_shape: [2], strides: [2], ceil_mode: 1 }
    for (const attributes of [base, { ...base, count_include_pad: 1 }]) {
      const file = image({ op: 'AveragePool', shape: [1, 1, 3], attributes })
      expect(runModel(file, { x: [2, 4, 10] }).data).toEqual([3, 10])
    }
    const padded = image({
      op: 'AveragePool',
      shape: [1, 1, 4],
      attributes: { ...base, pads: [1, 0], count_include_pad: 1 },
    })
    expect(runModel(padded, { x: [2, 4, 6, 8] }).data).toEqual([1, 5, 8])
  })

  test('averages each channel globally', () => {
    const file = image({ op: 'GlobalAveragePool', shape: [1, 2, 2, 2] })
    expect(runModel(file, { x: ramp(8) })).toEqual({ shape: [1, 2, 1, 1], data: [2.5, 6.5] })
    const line = image({ op: 'GlobalAveragePool', shape: [1, 2, 4] })
    expect(runModel(line, { x: ramp(8) })).toEqual({ shape: [1, 2, 1], data: [2.5, 6.5] })
  })

  test('refuses windows that hold nothing but padding', () => {
    const attributes = { kernel_shape: [1, 1], pads: [1, 1, 1, 1] }
    const file = image({ op: 'AveragePool', shape: [1, 1, 2, 2], attributes })
    expectError('UNSUPPORTED_SHAPE', () => importOnnx(file), /nothing but padding/)
  })
})

describe('BatchNormalization', () => {
  const constants = {
    scale: tensor([2], [2, 3]),
    B: tensor([2], [10, 20]),
    mean: tensor([2], [1, 2]),
    variance: tensor([2], [3.75, 8.75]),
  }
  const attributes = { epsilon: float(0.25) }

  test.each([7, 9, 14, 15])('normalises by the stored statistics in opset %i', (opset) => {
    const file = image({ op: 'BatchNormalization', shape: [1, 2, 1, 2], attributes, constants, opset })
    expect(runModel(file, { x: [1, 3, 2, 5] }).data).toEqual([10, 12, 20, 23])
  })

  test('refuses training mode and a variance that gives no number', () => {
    const training = { ...attributes, training_mode: 1 }
    const file = image({
      op: 'BatchNormalization',
      shape: [1, 2, 1],
      attributes: training,
      constants,
      opset: 14,
    })
    expectError('UNSUPPORTED_OPERATOR', () => importOnnx(file), /training mode/)
    const negative = { ...constants, variance: tensor([2], [-1, 1]) }
    const broken = image({ op: 'BatchNormalization', shape: [1, 2, 1], attributes, constants: negative })
    expectError('INVALID_GRAPH', () => importOnnx(broken), /NaN/)
  })
})
