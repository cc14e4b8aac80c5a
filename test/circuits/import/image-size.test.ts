import { describe, expect, test } from 'vitest'
import { importOnnx } from '#circuits/import/import-model.js'
import { expectError } from '../../support/expect-error.js'
import {
  type AttributeValue,
  integers,
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
  readonly inputs?: readonly string[]
  readonly opset?: number
}

function model({ op, shape, attributes = {}, constants = {}, inputs, opset = 13 }: Case): Uint8Array {
  return onnxModel({
    opset,
    inputs: [{ name: 'x', shape }],
    outputs: ['y'],
    nodes: [{ op, inputs: inputs ?? ['x', ...Object.keys(constants)], outputs: ['y'], attributes }],
    initializers: constants,
  })
}

const ones = (shape: readonly number[]): TensorObject =>
  tensor(shape, new Array(shape.reduce((product, length) => product * length, 1)).fill(1))

/** Inputs and outputs of ONNX's backend test of the same name, or worked out by hand where there is none. */
describe('ConvTranspose', () => {
  const plane = [
    [0, 1, 3, 3, 2],
    [3, 8, 15, 12, 7],
    [9, 21, 36, 27, 15],
    [9, 20, 33, 24, 13],
    [6, 13, 21, 15, 8],
  ].flat()

  test('convtranspose', () => {
    const file = model({ op: 'ConvTranspose', shape: [1, 1, 3, 3], constants: { W: ones([1, 2, 3, 3]) } })
    expect(runModel(file, { x: ramp(9, 0) })).toEqual({ shape: [1, 2, 5, 5], data: [...plane, ...plane] })
  })

  test('convtranspose_1d', () => {
    const file = model({ op: 'ConvTranspose', shape: [1, 1, 3], constants: { W: ones([1, 2, 3]) } })
    const line = [0, 1, 3, 3, 2]
    expect(runModel(file, { x: ramp(3, 0) })).toEqual({ shape: [1, 2, 5], data: [...line, ...line] })
  })

  test('convtranspose_dilations', () => {
    const W = tensor([1, 1, 2, 2], [7, 2, 1, 9])
    const attributes = { dilations: [2, 2] }
    const file = model({ op: 'ConvTranspose', shape: [1, 1, 3, 3], attributes, constants: { W } })
    expect(runModel(file, { x: [3, 8, 1, 9, 5, 7, 3, 2, 6] }).data).toEqual(
      [
        [21, 56, 13, 16, 2],
        [63, 35, 67, 10, 14],
        [24, 22, 76, 76, 21],
        [9, 5, 88, 45, 63],
        [3, 2, 33, 18, 54],
      ].flat(),
    )
  })

  test('pads cut off, output_padding adds, strides spread', () => {
    const W = tensor([1, 1, 3], [1, 10, 100])
    const run = (attributes: Readonly<Record<string, AttributeValue>>) =>
      runModel(model({ op: 'ConvTranspose', shape: [1, 1, 2], attributes, constants: { W } }), { x: [1, 2] })
        .data
    expect(run({ strides: [2] })).toEqual([1, 10, 102, 20, 200])
    expect(run({ strides: [2], pads: [1, 1] })).toEqual([10, 102, 20])
    expect(run({ strides: [2], pads: [3, 0] })).toEqual([20, 200])
    expect(run({ strides: [2], output_padding: [1] })).toEqual([1, 10, 102, 20, 200, 0])
    expect(run({ strides: [2], auto_pad: 'SAME_UPPER' })).toEqual([1, 10, 102, 20])
    expect(run({ strides: [2], auto_pad: 'SAME_LOWER' })).toEqual([10, 102, 20, 200])
    expect(run({ strides: [2], output_shape: [6] })).toEqual([1, 10, 102, 20, 200, 0])
  })

  test('keeps groups apart, adds a bias', () => {
    const W = tensor([2, 2, 1, 1], [1, 10, 100, 1000])
    const B = tensor([4], [0.5, 0, 0, 0])
    const file = model({
      op: 'ConvTranspose',
      shape: [1, 2, 1, 1],
      attributes: { group: 2 },
      constants: { W, B },
    })
    expect(runModel(file, { x: [2, 3] }).data).toEqual([2.5, 20, 300, 3000])
  })

  test('what runtimes disagree on, or is no volume, is unsupported', () => {
    const attributes = { auto_pad: 'SAME_UPPER', strides: [3] }
    const short = model({
      op: 'ConvTranspose',
      shape: [1, 1, 2],
      attributes,
      constants: { W: ones([1, 1, 1]) },
    })
    expectError('UNSUPPORTED_OPERATOR', () => importOnnx(short), /shorter than its stride/)
    const volume = model({
      op: 'ConvTranspose',
      shape: [1, 1, 1, 1, 1],
      constants: { W: ones([1, 1, 1, 1, 1]) },
    })
    expectError('UNSUPPORTED_OPERATOR', () => importOnnx(volume))
  })
})

describe('Resize', () => {
  test('resize_upsample_scales_nearest', () => {
    const file = model({
      op: 'Resize',
      shape: [1, 1, 2, 2],
      inputs: ['x', '', 'scales'],
      constants: { scales: tensor([4], [1, 1, 2, 3]) },
    })
    expect(runModel(file, { x: [1, 2, 3, 4] })).toEqual({
      shape: [1, 1, 4, 6],
      data: [1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 3, 3, 3, 4, 4, 4],
    })
  })

  test.each([
    {
      name: 'resize_upsample_scales_linear',
      attributes: { mode: 'linear' },
      data: [1, 1.25, 1.75, 2, 1.5, 1.75, 2.25, 2.5, 2.5, 2.75, 3.25, 3.5, 3, 3.25, 3.75, 4],
    },
    {
      name: 'resize_upsample_scales_linear_align_corners',
      attributes: { mode: 'linear', coordinate_transformation_mode: 'align_corners' },
      data: [
        1, 1.3333, 1.6667, 2, 1.6667, 2, 2.3333, 2.6667, 2.3333, 2.6667, 3, 3.3333, 3, 3.3333, 3.6667, 4,
      ],
    },
  ])('$name', ({ attributes, data }) => {
    const constants = { scales: tensor([4], [1, 1, 2, 2]) }
    const file = model({
      op: 'Resize',
      shape: [1, 1, 2, 2],
      inputs: ['x', '', 'scales'],
      attributes,
      constants,
    })
    expect(runModel(file, { x: [1, 2, 3, 4] })).toEqual({ shape: [1, 1, 4, 4], data })
  })

  test('resize_upsample_sizes_nearest_ceil_half_pixel and axes of opset 18', () => {
    const attributes = { nearest_mode: 'ceil', axes: [2, 3] }
    const constants = { sizes: integers(8, 8) }
    const file = model({
      op: 'Resize',
      shape: [1, 1, 4, 4],
      inputs: ['x', '', '', 'sizes'],
      attributes,
      constants,
      opset: 18,
    })
    const { data, shape } = runModel(file, { x: ramp(16) })
    expect(shape).toEqual([1, 1, 8, 8])
    expect(data.slice(0, 16)).toEqual([1, 2, 2, 3, 3, 4, 4, 4, 5, 6, 6, 7, 7, 8, 8, 8])
  })

  test('of opset 10 and Upsample take scales alone', () => {
    const constants = { scales: tensor([4], [1, 1, 0.6, 0.6]) }
    const small = model({ op: 'Resize', shape: [1, 1, 2, 4], constants, opset: 10 })
    expect(runModel(small, { x: ramp(8) })).toEqual({ shape: [1, 1, 1, 2], data: [1, 3] })
    const attributes = { scales: { floats: [1, 1, 1, 2] } }
    const wide = model({ op: 'Upsample', shape: [1, 1, 1, 2], attributes, opset: 7 })
    expect(runModel(wide, { x: [1, 2] }).data).toEqual([1, 1, 2, 2])
  })

  test.each([
    { mode: 'cubic' },
    { antialias: 1, mode: 'linear' },
    { coordinate_transformation_mode: 'tf_crop_and_resize' },
    { keep_aspect_ratio_policy: 'not_larger' },
  ])('with %o is unsupported', (attributes) => {
    const constants = { scales: tensor([4], [1, 1, 2, 2]) }
    const file = model({
      op: 'Resize',
      shape: [1, 1, 2, 2],
      inputs: ['x', '', 'scales'],
      attributes,
      constants,
      opset: 18,
    })
    expectError('UNSUPPORTED_OPERATOR', () => importOnnx(file), /Resize/)
  })
})

describe('DepthToSpace and SpaceToDepth', () => {
  const depths = ramp(8, 0)
  test.each([
    { mode: 'DCR', data: [0, 2, 4, 6, 1, 3, 5, 7] },
    { mode: 'CRD', data: [0, 1, 2, 3, 4, 5, 6, 7] },
  ])('DepthToSpace in mode $mode', ({ mode, data }) => {
    const file = model({ op: 'DepthToSpace', shape: [1, 8, 1, 1], attributes: { blocksize: 2, mode } })
    expect(runModel(file, { x: depths })).toEqual({ shape: [1, 2, 2, 2], data })
  })

  test('SpaceToDepth', () => {
    const file = model({ op: 'SpaceToDepth', shape: [1, 1, 2, 4], attributes: { blocksize: 2 } })
    expect(runModel(file, { x: depths })).toEqual({ shape: [1, 4, 1, 2], data: [0, 2, 1, 3, 4, 6, 5, 7] })
    const odd = model({ op: 'SpaceToDepth', shape: [1, 1, 3, 4], attributes: { blocksize: 2 } })
    expectError('INVALID_ONNX', () => importOnnx(odd), /blocks of 2/)
  })
})
