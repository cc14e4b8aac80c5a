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
    { op: 'Sigmoid', inputs: ['x'], outputs: ['s'], name: 'gate' },
    { op: 'Fused', domain: 'com.example', inputs: ['s'], outputs: ['f'] },
    { op: 'Relu', inputs: ['f'], outputs: ['r'] },
    { op: 'Pad', inputs: ['x', 'p'], outputs: ['q'], attributes: { mode: 'edge' } },
    { op: 'Mul', inputs: ['r', 'q'], outputs: ['y'] },
  ],
  initializers: { p: tensor([4], [0, 0, 0, 0], { type: 'int64' }) },
}

test('all offenders are named at once, with operator, opset and reason', () => {
  const error = expectError('UNSUPPORTED_OPERATOR', () => importOnnx(onnxModel(mixed)), /"gate".*Sigmoid.*13/)
  expect(error.message).toContain('3 more')
  expect(error.details.unsupported).toEqual([
    { node: 'gate', operator: 'Sigmoid', domain: '', opset: 13, reason: 'is not supported' },
    { node: 'Fused_1', operator: 'Fused', domain: 'com.example', opset: 0, reason: 'is not supported' },
    { node: 'Pad_3', operator: 'Pad', domain: '', opset: 13, reason: 'has mode "edge"' },
    { node: 'Mul_4', operator: 'Mul', domain: '', opset: 13, reason: 'is not supported' },
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

test('inputs that are no floats are refused', () => {
  const nodes = [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }]
  const file = onnxModel({ inputs: [{ name: 'x', shape: [1, 2], type: 'int64' }], outputs: ['y'], nodes })
  expectError('UNSUPPORTED_OPERATOR', () => importOnnx(file), /int64/)
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
