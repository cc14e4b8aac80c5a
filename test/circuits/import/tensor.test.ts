import { describe, expect, test } from 'vitest'
import { importOnnx } from '#circuits/import/import-model.js'
import { expectError } from '../../support/expect-error.js'
import { type OnnxType, onnxModel, type TensorObject, tensor } from '../../support/onnx-builder.js'
import { runModel } from '../../support/run-model.js'

function addTo(constant: TensorObject): Uint8Array {
  return onnxModel({
    inputs: [{ name: 'x', shape: [3] }],
    outputs: ['y'],
    nodes: [{ op: 'Add', inputs: ['x', 'c'], outputs: ['y'] }],
    initializers: { c: constant },
  })
}

const signed: readonly OnnxType[] = [
  'float',
  'double',
  'float16',
  'bfloat16',
  'int8',
  'int16',
  'int32',
  'int64',
]
const unsigned: readonly OnnxType[] = ['uint8', 'uint16', 'uint32', 'uint64', 'bool']

describe.each(['raw', 'typed'] as const)('%s data', (form) => {
  test.each(signed)('of type %s', (type) => {
    const file = addTo(tensor([3], [0, -2, 96], { type, form }))
    expect(runModel(file, { x: [0, 0, 0] }).data).toEqual([0, -2, 96])
  })

  test.each(unsigned)('of type %s', (type) => {
    const file = addTo(tensor([3], [0, 1, 1], { type, form }))
    expect(runModel(file, { x: [0, 0, 0] }).data).toEqual([0, 1, 1])
  })

  test('of another length than the shape is refused', () => {
    const file = addTo(tensor([3], [1, 2], { form }))
    expectError('INVALID_ONNX', () => importOnnx(file), /initializer "c" of shape \[3\] needs/)
  })
})

test('half floats keep fractions and subnormals', () => {
  const rawData = new Uint8Array(Uint16Array.of(0x3e00, 0x0001, 0xc500).buffer)
  const file = addTo({ dims: [3], dataType: 10, rawData })
  expect(runModel(file, { x: [0, 0, 0] }).data).toEqual([1.5, 0, -5])
})

test.each([
  { name: 'strings', spoilt: { dims: [1], dataType: 8, stringData: [Uint8Array.of(65)] }, message: /string/ },
  { name: 'complex numbers', spoilt: { dims: [1], dataType: 14 }, message: /not numbers/ },
  { name: 'no type', spoilt: { dims: [1] }, message: /undefined/ },
  { name: 'a negative length', spoilt: { dims: [-3], dataType: 1 }, message: /length of -3/ },
  {
    name: 'segments',
    spoilt: { dims: [3], dataType: 1, segment: { begin: 0, end: 1 } },
    message: /segments/,
  },
])('a tensor of $name is refused', ({ spoilt, message }) => {
  expectError('INVALID_ONNX', () => importOnnx(addTo(spoilt)), message)
})

test('lengths whose product overflows are refused', () => {
  const huge = { dims: [2 ** 31, 2 ** 31, 2 ** 31], dataType: 1 }
  expectError('MODEL_TOO_LARGE', () => importOnnx(addTo(huge)), /tensor elements/)
})
