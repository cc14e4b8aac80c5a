import { describe } from 'vitest'
import { int64, testVectors } from '../../support/operator-vectors.js'

/** The numbers 1 to 12 in [3, 2, 2]. */
const twelve = [
  [
    [1, 2],
    [3, 4],
  ],
  [
    [5, 6],
    [7, 8],
  ],
  [
    [9, 10],
    [11, 12],
  ],
]
const uneven = [
  [
    [5, 1],
    [20, 2],
  ],
  [
    [30, 1],
    [40, 2],
  ],
  [
    [55, 1],
    [60, 2],
  ],
]

describe('reductions', () => {
  const one = { attributes: { axes: [1], keepdims: 0 } }
  const last = { attributes: { axes: [-1], keepdims: 0 } }
  testVectors([
    {
      op: 'ReduceMean',
      opsets: [7, 13],
      inputs: [uneven],
      ...one,
      outputs: [
        [
          [12.5, 1.5],
          [35, 1.5],
          [57.5, 1.5],
        ],
      ],
    },
    {
      op: 'ReduceMax',
      opsets: [7, 13],
      inputs: [uneven],
      ...one,
      outputs: [
        [
          [20, 2],
          [40, 2],
          [60, 2],
        ],
      ],
    },
    {
      op: 'ReduceMin',
      opsets: [7, 13],
      inputs: [uneven],
      ...one,
      outputs: [
        [
          [5, 1],
          [30, 1],
          [55, 1],
        ],
      ],
    },
    {
      op: 'ReduceSum',
      opsets: [7, 11],
      inputs: [twelve],
      ...one,
      outputs: [
        [
          [4, 6],
          [12, 14],
          [20, 22],
        ],
      ],
    },
    {
      op: 'ReduceSumSquare',
      inputs: [twelve],
      ...one,
      outputs: [
        [
          [10, 20],
          [74, 100],
          [202, 244],
        ],
      ],
    },
    {
      op: 'ReduceL1',
      inputs: [twelve],
      ...last,
      outputs: [
        [
          [3, 7],
          [11, 15],
          [19, 23],
        ],
      ],
    },
    {
      op: 'ReduceL2',
      inputs: [twelve],
      ...last,
      outputs: [
        [
          [2.23606798, 5],
          [7.81024968, 10.63014581],
          [13.45362405, 16.2788206],
        ],
      ],
    },
    {
      op: 'ReduceLogSum',
      inputs: [twelve],
      ...last,
      outputs: [
        [
          [1.0986123, 1.9459101],
          [2.3978953, 2.7080502],
          [2.944439, 3.1354942],
        ],
      ],
    },
    {
      op: 'ReduceLogSumExp',
      inputs: [uneven],
      ...one,
      outputs: [
        [
          [20, 2.31326175],
          [40.00004578, 2.31326175],
          [60.00671387, 2.31326175],
        ],
      ],
    },
    { title: 'no axes', op: 'ReduceMean', inputs: [twelve], outputs: [[[[6.5]]]] },
    {
      title: 'no axes, none kept',
      op: 'ReduceMax',
      inputs: [twelve],
      attributes: { keepdims: 0 },
      outputs: [12],
    },
    {
      title: 'axes apart',
      op: 'ReduceSum',
      opsets: [11],
      inputs: [twelve],
      attributes: { axes: [0, -1] },
      outputs: [[[[33], [45]]]],
    },
  ])
})

describe('reductions with axes as input', () => {
  testVectors([
    {
      op: 'ReduceSum',
      opsets: [13],
      inputs: [twelve, int64([1])],
      attributes: { keepdims: 0 },
      outputs: [
        [
          [4, 6],
          [12, 14],
          [20, 22],
        ],
      ],
    },
    {
      op: 'ReduceMean',
      opsets: [18],
      inputs: [uneven, int64([1])],
      outputs: [[[[12.5, 1.5]], [[35, 1.5]], [[57.5, 1.5]]]],
    },
    {
      title: 'empty axes, all',
      op: 'ReduceMax',
      opsets: [18],
      inputs: [twelve, int64([])],
      attributes: { keepdims: 0 },
      outputs: [12],
    },
    {
      title: 'no axes, nothing',
      op: 'ReduceMean',
      opsets: [18],
      inputs: [[1, 2]],
      attributes: { noop_with_empty_axes: 1 },
      outputs: [[1, 2]],
    },
    {
      title: 'an axis of one element',
      op: 'ReduceMin',
      opsets: [18],
      inputs: [[[1, 2]], int64([0])],
      attributes: { keepdims: 0 },
      outputs: [[1, 2]],
    },
  ])
})
