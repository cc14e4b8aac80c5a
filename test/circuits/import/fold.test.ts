import { describe, expect, test } from 'vitest'
import { importOnnx } from '#circuits/import/import-model.js'
import { type OnnxNode, onnxModel, type TensorObject, tensor } from '../../support/onnx-builder.js'
import { constant, int64, testRefused } from '../../support/operator-vectors.js'
import { ramp, runModel } from '../../support/run-model.js'

/** A model that reshapes its input [1, 2, 3, 4] to the shape that `nodes` compute as "s". */
function reshaped(
  nodes: readonly OnnxNode[],
  initializers: Readonly<Record<string, TensorObject>> = {},
  opset = 15,
): readonly number[] {
  const file = onnxModel({
    opset,
    inputs: [{ name: 'x', shape: [1, 2, 3, 4] }],
    outputs: ['y'],
    nodes: [...nodes, { op: 'Reshape', inputs: ['x', 's'], outputs: ['y'] }],
    initializers,
  })
  const { shape, data } = runModel(file, { x: ramp(24) })
  expect(data).toEqual(ramp(24))
  return shape
}

const whole = (...values: readonly number[]): TensorObject =>
  tensor([values.length], values, { type: 'int64' })
const scalar = (value: number): TensorObject => tensor([], [value], { type: 'int64' })
const shapeNode: OnnxNode = { op: 'Shape', inputs: ['x'], outputs: ['all'] }

describe('shapes computed in the file', () => {
  test('products of lengths, as view(size(0), -1) exports them', () => {
    const nodes: OnnxNode[] = [
      shapeNode,
      { op: 'Gather', inputs: ['all', 'one'], outputs: ['c'] },
      { op: 'Gather', inputs: ['all', 'two'], outputs: ['h'] },
      { op: 'Mul', inputs: ['c', 'h'], outputs: ['ch'] },
      { op: 'Unsqueeze', inputs: ['ch', 'axes'], outputs: ['u'] },
      { op: 'Concat', inputs: ['rest', 'u'], outputs: ['s'], attributes: { axis: 0 } },
    ]
    const constants = { one: scalar(1), two: scalar(2), axes: whole(0), rest: whole(-1) }
    expect(reshaped(nodes, constants)).toEqual([4, 6])
  })

  test('slices, differences and quotients of lengths; integers are divided towards zero', () => {
    const nodes: OnnxNode[] = [
      shapeNode,
      { op: 'Slice', inputs: ['all', 'from', 'to'], outputs: ['last'] },
      { op: 'Add', inputs: ['last', 'last'], outputs: ['twice'] },
      { op: 'Div', inputs: ['twice', 'three'], outputs: ['part'] },
      { op: 'Sub', inputs: ['last', 'part'], outputs: ['left'] },
      { op: 'Concat', inputs: ['part', 'left', 'rest'], outputs: ['s'], attributes: { axis: 0 } },
    ]
    const constants = { from: whole(3), to: whole(2 ** 62), three: whole(3), rest: whole(-1) }
    expect(reshaped(nodes, constants)).toEqual([2, 2, 6])
  })

  test('Shape with start and end, ReduceProd, Size', () => {
    const nodes: OnnxNode[] = [
      { op: 'Shape', inputs: ['x'], outputs: ['tail'], attributes: { start: -2, end: 4 } },
      { op: 'ReduceProd', inputs: ['tail'], outputs: ['p'], attributes: { axes: [0] } },
      { op: 'Size', inputs: ['x'], outputs: ['n'] },
      { op: 'Div', inputs: ['n', 'p'], outputs: ['q'] },
      { op: 'Concat', inputs: ['p', 'q'], outputs: ['s'], attributes: { axis: 0 } },
    ]
    expect(reshaped(nodes)).toEqual([12, 2])
  })

  test('the mask by which expand(-1, …) is exported', () => {
    const nodes: OnnxNode[] = [
      {
        op: 'ConstantOfShape',
        inputs: ['rank'],
        outputs: ['ones'],
        attributes: { value: { tensor: whole(1) } },
      },
      { op: 'Mul', inputs: ['ones', 'minus'], outputs: ['negative'] },
      { op: 'Equal', inputs: ['asked', 'negative'], outputs: ['open'] },
      { op: 'Where', inputs: ['open', 'ones', 'asked'], outputs: ['s'] },
    ]
    expect(reshaped(nodes, { rank: whole(3), minus: scalar(-1), asked: whole(-1, 4, 6) })).toEqual([1, 4, 6])
  })

  test('Range, comparisons and logic', () => {
    const nodes: OnnxNode[] = [
      { op: 'Range', inputs: ['two', 'nine', 'two'], outputs: ['evens'] },
      { op: 'Greater', inputs: ['evens', 'five'], outputs: ['g'] },
      { op: 'LessOrEqual', inputs: ['evens', 'two'], outputs: ['l'] },
      { op: 'Or', inputs: ['g', 'l'], outputs: ['either'] },
      { op: 'Not', inputs: ['either'], outputs: ['neither'] },
      { op: 'Where', inputs: ['neither', 'two', 'one'], outputs: ['small'] },
      { op: 'Mul', inputs: ['small', 'three'], outputs: ['large'] },
      { op: 'Slice', inputs: ['large', 'from', 'to'], outputs: ['part'] },
      { op: 'Concat', inputs: ['part', 'rest'], outputs: ['s'], attributes: { axis: 0 } },
    ]
    const constants = {
      one: scalar(1),
      two: scalar(2),
      three: scalar(3),
      five: scalar(5),
      nine: scalar(9),
      from: whole(1),
      to: whole(2),
      rest: whole(-1),
    }
    expect(reshaped(nodes, constants)).toEqual([6, 4])
  })

  test('floats between: Cast, Mul, Floor, Cast', () => {
    const nodes: OnnxNode[] = [
      { op: 'Cast', inputs: ['sizes'], outputs: ['f'], attributes: { to: 1 } },
      { op: 'Mul', inputs: ['f', 'half'], outputs: ['h'] },
      { op: 'Floor', inputs: ['h'], outputs: ['r'] },
      { op: 'CastLike', inputs: ['r', 'sizes'], outputs: ['s'] },
    ]
    expect(reshaped(nodes, { sizes: whole(5, 24), half: tensor([], [0.5]) })).toEqual([2, 12])
  })
})

describe('refusals', () => {
  const code = 'UNSUPPORTED_OPERATOR'
  testRefused([
    { op: 'Equal', inputs: [[1], [1]], code, message: /constants only/ },
    { op: 'Cast', inputs: [[1]], attributes: { to: 9 }, code, message: /computed value to bool/ },
    { op: 'Cast', inputs: [[1]], attributes: { to: 8 }, code, message: /casts to string/ },
    { op: 'Cast', inputs: [constant([300])], attributes: { to: 2 }, code, message: /casts 300 to uint8/ },
    {
      op: 'Range',
      inputs: [constant(0), constant(1), constant(0)],
      code: 'INVALID_ONNX',
      message: /counts from/,
    },
    {
      op: 'Div',
      inputs: [int64([1]), int64([0])],
      code: 'INVALID_ONNX',
      message: /computes the integer Infinity/,
    },
    { op: 'ConstantOfShape', inputs: [int64([-1])], code: 'INVALID_ONNX', message: /fills a shape/ },
  ])

  test('a constant that would be huge is refused before it is made', () => {
    const model = {
      opset: 13,
      inputs: [{ name: 'x', shape: [1] }],
      outputs: ['y'],
      nodes: [
        { op: 'ConstantOfShape', inputs: ['size'], outputs: ['c'] },
        { op: 'Add', inputs: ['x', 'c'], outputs: ['y'] },
      ],
      initializers: { size: whole(2 ** 20, 2 ** 20) },
    }
    expect(() => importOnnx(onnxModel(model))).toThrow(/tensor elements/)
  })
})
