import { describe, expect, test } from 'vitest'
import { onnxModel } from '../../support/onnx-builder.js'
import { constant, int64, testRefused, testVectors } from '../../support/operator-vectors.js'
import { runModel } from '../../support/run-model.js'

describe('choices', () => {
  const rows = [
    [2, 1],
    [3, 10],
  ]
  const tied = [
    [2, 2],
    [3, 10],
  ]
  const ranks = [
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [11, 10, 9, 8],
  ]
  testVectors([
    { op: 'ArgMax', opsets: [7, 11, 13], inputs: [rows], outputs: [[[1, 1]]] },
    {
      title: 'axis 1',
      op: 'ArgMax',
      inputs: [rows],
      attributes: { axis: 1, keepdims: 0 },
      outputs: [[0, 1]],
    },
    {
      title: 'the first of a tie',
      op: 'ArgMax',
      inputs: [tied],
      attributes: { axis: -1 },
      outputs: [[[0], [1]]],
    },
    {
      title: 'the last of a tie',
      op: 'ArgMax',
      opsets: [12],
      inputs: [tied],
      attributes: { axis: 1, select_last_index: 1 },
      outputs: [[[1], [1]]],
    },
    { op: 'ArgMin', opsets: [7, 13], inputs: [rows], attributes: { axis: 1 }, outputs: [[[1], [0]]] },
    {
      title: 'the last of a tie',
      op: 'ArgMin',
      inputs: [tied],
      attributes: { axis: 1, select_last_index: 1 },
      outputs: [[[1], [0]]],
    },
    {
      op: 'TopK',
      opsets: [7],
      inputs: [ranks],
      attributes: { k: 3 },
      outputs: [
        [
          [3, 2, 1],
          [7, 6, 5],
          [11, 10, 9],
        ],
        [
          [3, 2, 1],
          [3, 2, 1],
          [0, 1, 2],
        ],
      ],
    },
    {
      op: 'TopK',
      opsets: [10, 11],
      inputs: [ranks, int64([3])],
      outputs: [
        [
          [3, 2, 1],
          [7, 6, 5],
          [11, 10, 9],
        ],
        [
          [3, 2, 1],
          [3, 2, 1],
          [0, 1, 2],
        ],
      ],
    },
    {
      title: 'smallest',
      op: 'TopK',
      opsets: [11],
      inputs: [ranks, int64([3])],
      attributes: { largest: 0 },
      outputs: [
        [
          [0, 1, 2],
          [4, 5, 6],
          [8, 9, 10],
        ],
        [
          [0, 1, 2],
          [0, 1, 2],
          [3, 2, 1],
        ],
      ],
    },
    {
      title: 'axis 0, indices alone',
      op: 'TopK',
      opsets: [11],
      inputs: [ranks, int64([1])],
      attributes: { axis: 0, sorted: 0 },
      outputs: [null, [[2, 2, 2, 2]]],
    },
  ])

  test('an ArgMax is computed with further', () => {
    const file = onnxModel({
      inputs: [{ name: 'x', shape: [1, 3] }],
      outputs: ['y'],
      nodes: [
        { op: 'ArgMax', inputs: ['x'], outputs: ['i'], attributes: { axis: 1 } },
        { op: 'Cast', inputs: ['i'], outputs: ['small'], attributes: { to: 6 } },
        { op: 'Cast', inputs: ['small'], outputs: ['f'], attributes: { to: 1 } },
        { op: 'Sub', inputs: ['f', 'x'], outputs: ['y'] },
      ],
    })
    expect(runModel(file, { x: [0, 1, 5] })).toEqual({ shape: [1, 3], data: [2, 1, -3] })
  })
})

describe('pools', () => {
  const image = [
    [
      [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
      ],
    ],
  ]
  const sixteen = [
    [
      [
        [1, 2, 3, 4],
        [5, 6, 7, 8],
        [9, 10, 11, 12],
        [13, 14, 15, 16],
      ],
    ],
  ]
  const dilated = { kernel_shape: [2, 2], strides: [1, 1], dilations: [2, 2] }
  testVectors([
    { op: 'GlobalMaxPool', inputs: [image], outputs: [[[[[9]]]]] },
    {
      title: '1-D',
      op: 'GlobalMaxPool',
      inputs: [
        [
          [
            [1, 5],
            [-3, -2],
          ],
        ],
      ],
      outputs: [[[[5], [-2]]]],
    },
    { title: 'p = 2', op: 'GlobalLpPool', inputs: [[[[3, -4]]]], outputs: [[[[5]]]] },
    { title: 'p = 1', op: 'GlobalLpPool', inputs: [[[[3, -4]]]], attributes: { p: 1 }, outputs: [[[[7]]]] },
    {
      op: 'LpPool',
      opsets: [18],
      inputs: [sixteen],
      attributes: { p: 2, ...dilated },
      outputs: [
        [
          [
            [
              [14.56021978, 16.24807681],
              [21.63330765, 23.49468025],
            ],
          ],
        ],
      ],
    },
    {
      title: 'padding',
      op: 'LpPool',
      opsets: [7, 11],
      inputs: [[[[1, -2, 3]]]],
      attributes: { p: 1, kernel_shape: [2], pads: [1, 0] },
      outputs: [[[[1, 3, 5]]]],
    },
  ])
})

describe('refusals', () => {
  const code = 'UNSUPPORTED_OPERATOR'
  testRefused([
    { op: 'LpPool', inputs: [[[[1, 2]]]], attributes: { p: 3, kernel_shape: [2] }, code, message: /p = 3/ },
    { op: 'ReduceProd', inputs: [[1, 2]], code, message: /constants only/ },
    { op: 'ReduceSum', inputs: [[1, 2], [0]], code, message: /constant axes/ },
    { op: 'ReduceMax', inputs: [[1, 2]], attributes: { axes: [1] }, code: 'INVALID_ONNX', message: /axis 1/ },
    {
      op: 'ReduceMax',
      opsets: [18],
      inputs: [[1, 2]],
      attributes: { axes: [0] },
      code,
      message: /attribute "axes"/,
    },
    { op: 'TopK', opsets: [11], inputs: [[1, 2], int64([3])], code: 'INVALID_ONNX', message: /picks 3 of 2/ },
    { op: 'TopK', opsets: [11], inputs: [[1, 2], [1]], code, message: /constant k/ },
    {
      op: 'TopK',
      opsets: [9],
      inputs: [[1, 2], constant([1])],
      code: 'INVALID_ONNX',
      message: /lacks its k/,
    },
  ])
})
