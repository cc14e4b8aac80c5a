import { expect, test } from 'vitest'
import { importOnnx, readOnnx } from '#circuits/import/import-model.js'
import { operatorList } from '#circuits/import/operator-list.js'
import { expectError } from '../../support/expect-error.js'
import { encodeModel, modelObject, type OnnxModel, onnxModel, tensor } from '../../support/onnx-builder.js'

const mixed: OnnxModel = {
  opset: 13,
  inputs: [{ name: 'x', shape: [1, 4] }],
  outputs: ['y'],
  nodes: [
    { op: 'Det', inputs: ['x'], outputs: ['s'], name: 'gate' },
    { op: 'Fused', domain: 'com.example', inputs: ['s'], outputs: ['f'] },
    { op: 'Relu', inputs: ['f'], outputs: ['r'] },
    { op: 'Cast', inputs: ['x'], outputs: ['q'], attributes: { to: 9 } },
    { op: 'NonMaxSuppression', inputs: ['r', 'q'], outputs: ['y'] },
  ],
}

test('all offenders are named at once, with operator, opset and reason', () => {
  const error = expectError('UNSUPPORTED_OPERATOR', () => importOnnx(onnxModel(mixed)), /"gate".*Det.*13/)
  expect(error.message).toContain('3 more')
  expect(error.details.unsupported).toEqual([
    { node: 'gate', operator: 'Det', domain: '', opset: 13, reason: 'is not supported' },
    { node: 'Fused_1', operator: 'Fused', domain: 'com.example', opset: 0, reason: 'is not supported' },
    { node: 'Cast_3', operator: 'Cast', domain: '', opset: 13, reason: 'casts a computed value to bool' },
    {
      node: 'NonMaxSuppression_4',
      operator: 'NonMaxSuppression',
      domain: '',
      opset: 13,
      reason: 'is not supported',
    },
  ])
  expect(error.details.supported).toContain('Gemm')
})

test('offenders can be read without an exception', () => {
  const reading = readOnnx(onnxModel(mixed))
  expect(reading.graph).toBeNull()
  expect(reading.opset).toBe(13)
  expect(reading.unsupported).toHaveLength(4)
})

test('nodes that no output depends on are left alone', () => {
  const nodes = [
    { op: 'Relu', inputs: ['x'], outputs: ['y'] },
    { op: 'Sigmoid', inputs: ['x'], outputs: ['unused'] },
  ]
  expect(importOnnx(onnxModel({ ...mixed, nodes })).nodes).toHaveLength(1)
})

test.each([6, 22, 0])('opset %i is unsupported', (opset) => {
  const nodes = [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }]
  const file = onnxModel({ ...mixed, opset, nodes })
  expectError('UNSUPPORTED_OPERATOR', () => importOnnx(file), new RegExp(`opset ${opset} .*opsets 7 to 21`))
})

test('attributes that nothing reads are unsupported', () => {
  const nodes = [{ op: 'Relu', inputs: ['x'], outputs: ['y'], attributes: { slope: 1 } }]
  expectError('UNSUPPORTED_OPERATOR', () => importOnnx(onnxModel({ ...mixed, nodes })), /attribute "slope"/)
})

test('functions of the model and subgraphs are unsupported', () => {
  const plain = modelObject({ ...mixed, nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }] })
  const withFunction = encodeModel({ ...plain, functions: [{ name: 'Twice', domain: 'own' }] })
  expectError('UNSUPPORTED_OPERATOR', () => importOnnx(withFunction), /Twice/)
  const [node] = plain.graph.node as [Record<string, unknown>]
  node.attribute = [{ name: 'body', type: 5, g: { name: 'inner' } }]
  expectError('UNSUPPORTED_OPERATOR', () => importOnnx(encodeModel(plain)), /attribute "body"/)
})

test.each([
  { shape: [1, 'height'], message: /symbolic length "height" on axis 1/ },
  { shape: [1, ''], message: /no length on axis 1|symbolic/ },
  { shape: [0, 4], message: /length 0 on axis 0/ },
  { shape: [1, -4], message: /length -4 on axis 1/ },
])('an input of shape $shape is refused', ({ shape, message }) => {
  const nodes = [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }]
  const file = onnxModel({ inputs: [{ name: 'x', shape }], outputs: ['y'], nodes })
  expectError('UNSUPPORTED_SHAPE', () => importOnnx(file), message)
})

test('inputs of integers are read as numbers, those of strings are refused', () => {
  const nodes = [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }]
  const file = (type: 'uint8' | 'string'): Uint8Array =>
    onnxModel({ inputs: [{ name: 'x', shape: [1, 2], type }], outputs: ['y'], nodes })
  expect(importOnnx(file('uint8')).inputs).toEqual([{ name: 'x', shape: [1, 2] }])
  expectError('UNSUPPORTED_OPERATOR', () => importOnnx(file('string')), /holds string/)
})

test('operators that choose scales or steps at inference are refused with a reason', () => {
  const nodes = [{ op: 'DynamicQuantizeLinear', inputs: ['x'], outputs: ['y', 's', 'z'] }]
  expectError('UNSUPPORTED_OPERATOR', () => importOnnx(onnxModel({ ...mixed, nodes })), /static scales/)
})

test('initializers that also stand among the inputs are no inputs', () => {
  const file = onnxModel({
    inputs: [
      { name: 'x', shape: [1, 2] },
      { name: 'W', shape: [2, 2] },
    ],
    outputs: ['y'],
    nodes: [{ op: 'MatMul', inputs: ['x', 'W'], outputs: ['y'] }],
    initializers: { W: tensor([2, 2], [1, 2, 3, 4]) },
  })
  expect(importOnnx(file).inputs.map(({ name }) => name)).toEqual(['x'])
})

test('the list of operators is in order, with opsets', () => {
  const names = operatorList.map(({ operator }) => operator)
  expect(names).toEqual(names.toSorted())
  expect(operatorList.find(({ operator }) => operator === 'Conv')?.opsets).toEqual([7, 21])
})
