import { describe, expect, test } from 'vitest'
import { importOnnx } from '#circuits/import/import-model.js'
import { onnxModel, tensor } from '../../support/onnx-builder.js'
import { constant, testRefused, testVectors } from '../../support/operator-vectors.js'
import { runModel } from '../../support/run-model.js'

const row = [1, 2, 3]

describe('arithmetic of values', () => {
  testVectors([
    { op: 'Sub', opsets: [7, 14], inputs: [row, [3, 2, 1]], outputs: [[-2, 0, 2]] },
    { op: 'Mul', opsets: [7, 14], inputs: [row, [4, 5, 6]], outputs: [[4, 10, 18]] },
    {
      op: 'Div',
      opsets: [7, 14],
      inputs: [
        [3, 4],
        [1, 2],
      ],
      outputs: [[3, 2]],
    },
    { op: 'Neg', opsets: [7, 13], inputs: [[-4, 2]], outputs: [[4, -2]] },
    { op: 'Abs', opsets: [7, 13], inputs: [[-4, 0, 2]], outputs: [[4, 0, 2]] },
    { op: 'Sqrt', inputs: [[1, 4, 9]], outputs: [row] },
    { op: 'Reciprocal', inputs: [[-4, 2]], outputs: [[-0.25, 0.5]] },
    {
      op: 'Sum',
      opsets: [8, 13],
      inputs: [
        [3, 0, 2],
        [1, 3, 4],
        [2, 6, 6],
      ],
      outputs: [[6, 9, 12]],
    },
    {
      op: 'Mean',
      opsets: [8, 13],
      inputs: [
        [3, 0, 2],
        [1, 3, 4],
        [2, 6, 6],
      ],
      outputs: [[2, 3, 4]],
    },
    {
      op: 'Max',
      opsets: [8, 13],
      inputs: [
        [3, 2, 1],
        [1, 4, 4],
        [2, 5, 3],
      ],
      outputs: [[3, 5, 4]],
    },
    {
      op: 'Min',
      opsets: [8, 13],
      inputs: [
        [3, 2, 1],
        [1, 4, 4],
        [2, 5, 0],
      ],
      outputs: [[1, 2, 0]],
    },
    { title: 'one operand', op: 'Max', inputs: [row], outputs: [row] },
  ])
})

describe('broadcasting', () => {
  const column = [[10], [20]]
  testVectors([
    {
      op: 'Sub',
      inputs: [column, row],
      outputs: [
        [
          [9, 8, 7],
          [19, 18, 17],
        ],
      ],
    },
    {
      op: 'Mul',
      inputs: [row, column],
      outputs: [
        [
          [10, 20, 30],
          [20, 40, 60],
        ],
      ],
    },
    {
      op: 'Div',
      inputs: [column, [1, 2, 4]],
      outputs: [
        [
          [10, 5, 2.5],
          [20, 10, 5],
        ],
      ],
    },
    {
      op: 'Max',
      inputs: [column, [0, 15, 30]],
      outputs: [
        [
          [10, 15, 30],
          [20, 20, 30],
        ],
      ],
    },
    {
      op: 'Mean',
      inputs: [column, [0, 15, 30]],
      outputs: [
        [
          [5, 12.5, 20],
          [10, 17.5, 25],
        ],
      ],
    },
    {
      title: 'constant larger than the value',
      op: 'Min',
      inputs: [
        [5],
        constant([
          [1, 9],
          [5, 2],
        ]),
      ],
      outputs: [
        [
          [1, 5],
          [5, 2],
        ],
      ],
    },
    {
      title: 'uniform constant larger than the value',
      op: 'Max',
      inputs: [[5, 1], constant([[3, 3]])],
      outputs: [[[5, 3]]],
    },
  ])
})

describe('arithmetic with constants', () => {
  const image = [[[[1, 2]], [[3, 4]]]]
  const perChannel = constant([[[[2]], [[10]]]])
  testVectors([
    { title: 'per channel', op: 'Mul', inputs: [image, perChannel], outputs: [[[[[2, 4]], [[30, 40]]]]] },
    { title: 'per channel', op: 'Sub', inputs: [image, perChannel], outputs: [[[[[-1, 0]], [[-7, -6]]]]] },
    { title: 'per channel, left', op: 'Sub', inputs: [perChannel, image], outputs: [[[[[1, 0]], [[7, 6]]]]] },
    { title: 'per channel', op: 'Div', inputs: [image, perChannel], outputs: [[[[[0.5, 1]], [[0.3, 0.4]]]]] },
    { title: 'left', op: 'Div', inputs: [constant([6]), row], outputs: [[6, 3, 2]] },
    { title: 'each its own', op: 'Mul', inputs: [row, constant([2, 0, -1])], outputs: [[2, 0, -3]] },
    { title: 'scalar', op: 'Mul', inputs: [row, constant(2)], outputs: [[2, 4, 6]] },
    { title: 'scalar', op: 'Max', inputs: [[-1, 5], constant(2)], outputs: [[2, 5]] },
    { title: 'each its own', op: 'Max', inputs: [row, constant([2, 0, 9])], outputs: [[2, 2, 9]] },
    { title: 'each its own', op: 'Min', inputs: [row, constant([2, 0, 9])], outputs: [[1, 0, 3]] },
    { title: 'mixed', op: 'Sum', inputs: [row, constant(1), row], outputs: [[3, 5, 7]] },
  ])
})

describe('powers', () => {
  const values = [1, 2, 3]
  const cases = [
    [0, [1, 1, 1]],
    [1, values],
    [2, [1, 4, 9]],
    [3, [1, 8, 27]],
    [4, [1, 16, 81]],
    [5, [1, 32, 243]],
    [0.5, [1, Math.SQRT2, Math.sqrt(3)]],
    [-0.5, [1, Math.SQRT1_2, 1 / Math.sqrt(3)]],
    [-1, [1, 0.5, 1 / 3]],
    [1.5, [1, 2 ** 1.5, 3 ** 1.5]],
  ] as const
  testVectors([
    ...cases.map(([exponent, expected]) => ({
      title: `to ${exponent}`,
      op: 'Pow',
      opsets: [7, 15],
      inputs: [values, constant(exponent)],
      outputs: [expected],
    })),
    { title: 'of a constant', op: 'Pow', inputs: [constant(2), values], outputs: [[2, 4, 8]] },
  ])
})

describe('refusals', () => {
  const code = 'UNSUPPORTED_OPERATOR'
  testRefused([
    { op: 'Pow', inputs: [row, row], code, message: /computed value to a computed power/ },
    { op: 'Pow', inputs: [row, constant([1, 2, 3])], code, message: /no single exponent/ },
    { op: 'Pow', inputs: [constant(-2), row], code, message: /raises -2/ },
    { op: 'Div', inputs: [row, constant([1, 0, 1])], code, message: /divides by the constant 0/ },
    { op: 'Mod', inputs: [row, constant(2)], code, message: /constants only/ },
    { op: 'Mul', inputs: [row, [1, 2]], code: 'INVALID_ONNX', message: /do not fit: \[3\] and \[2\]/ },
    { op: 'Mul', inputs: [row, constant(Number.NaN)], code: 'INVALID_GRAPH', message: /NaN/ },
  ])
})

test('integers computed in the graph are not divided', () => {
  const file = onnxModel({
    inputs: [{ name: 'x', shape: [1, 3] }],
    outputs: ['y'],
    nodes: [
      { op: 'ArgMax', inputs: ['x'], outputs: ['i'], attributes: { axis: 1 } },
      { op: 'Div', inputs: ['i', 'two'], outputs: ['y'] },
    ],
    initializers: { two: tensor([1], [2], { type: 'int64' }) },
  })
  expect(() => importOnnx(file)).toThrow(/divides computed integers/)
})

test('the exported form of GELU reads as it stands', () => {
  const file = onnxModel({
    inputs: [{ name: 'x', shape: [1, 3] }],
    outputs: ['y'],
    nodes: [
      { op: 'Div', inputs: ['x', 'root'], outputs: ['a'] },
      { op: 'Erf', inputs: ['a'], outputs: ['b'] },
      { op: 'Add', inputs: ['b', 'one'], outputs: ['c'] },
      { op: 'Mul', inputs: ['x', 'c'], outputs: ['d'] },
      { op: 'Mul', inputs: ['d', 'half'], outputs: ['y'] },
    ],
    initializers: { root: tensor([], [Math.SQRT2]), one: tensor([], [1]), half: tensor([], [0.5]) },
  })
  expect(runModel(file, { x: [-1, 0, 1] }).data).toEqual([-0.1587, 0, 0.8413])
})
