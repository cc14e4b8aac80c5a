import { describe } from 'vitest'
import { constant, int64, testVectors } from '../../support/operator-vectors.js'

describe('Gather', () => {
  const table = [
    [1, 1.2],
    [2.3, 3.4],
    [4.5, 5.7],
  ]
  testVectors([
    {
      op: 'Gather',
      opsets: [7, 13],
      inputs: [
        table,
        int64([
          [0, 1],
          [1, 2],
        ]),
      ],
      outputs: [
        [
          [
            [1, 1.2],
            [2.3, 3.4],
          ],
          [
            [2.3, 3.4],
            [4.5, 5.7],
          ],
        ],
      ],
    },
    {
      title: 'axis 1',
      op: 'Gather',
      inputs: [table, int64([[1]])],
      attributes: { axis: 1 },
      outputs: [[[[1.2]], [[3.4]], [[5.7]]]],
    },
    { title: 'one index', op: 'Gather', inputs: [table, int64(-1)], outputs: [[4.5, 5.7]] },
    {
      op: 'GatherElements',
      inputs: [
        [
          [1, 2],
          [3, 4],
        ],
        int64([
          [0, 0],
          [1, 0],
        ]),
      ],
      attributes: { axis: 1 },
      outputs: [
        [
          [1, 1],
          [4, 3],
        ],
      ],
    },
    {
      title: 'from the back',
      op: 'GatherElements',
      inputs: [
        [
          [1, 2, 3],
          [4, 5, 6],
          [7, 8, 9],
        ],
        int64([
          [-1, -2, 0],
          [-2, 0, 0],
        ]),
      ],
      outputs: [
        [
          [7, 5, 3],
          [4, 2, 3],
        ],
      ],
    },
    {
      op: 'GatherND',
      inputs: [
        [
          [0, 1],
          [2, 3],
        ],
        int64([
          [0, 0],
          [1, 1],
        ]),
      ],
      outputs: [[0, 3]],
    },
    {
      title: 'slices',
      op: 'GatherND',
      inputs: [
        [
          [
            [0, 1],
            [2, 3],
          ],
          [
            [4, 5],
            [6, 7],
          ],
        ],
        int64([[[0, 1]], [[1, 0]]]),
      ],
      outputs: [[[[2, 3]], [[4, 5]]]],
    },
  ])
})

describe('Pad', () => {
  const rows = [
    [1, 1.2],
    [2.3, 3.4],
    [4.5, 5.7],
  ]
  const pads = int64([0, 2, 0, 0])
  testVectors([
    {
      op: 'Pad',
      opsets: [11, 13],
      inputs: [rows, pads, constant(9)],
      outputs: [
        [
          [9, 9, 1, 1.2],
          [9, 9, 2.3, 3.4],
          [9, 9, 4.5, 5.7],
        ],
      ],
    },
    {
      title: 'reflect',
      op: 'Pad',
      inputs: [rows, pads],
      attributes: { mode: 'reflect' },
      outputs: [
        [
          [1, 1.2, 1, 1.2],
          [2.3, 3.4, 2.3, 3.4],
          [4.5, 5.7, 4.5, 5.7],
        ],
      ],
    },
    {
      title: 'edge',
      op: 'Pad',
      inputs: [rows, pads],
      attributes: { mode: 'edge' },
      outputs: [
        [
          [1, 1, 1, 1.2],
          [2.3, 2.3, 2.3, 3.4],
          [4.5, 4.5, 4.5, 5.7],
        ],
      ],
    },
    {
      title: 'wrap',
      op: 'Pad',
      opsets: [19],
      inputs: [[1, 2, 3], int64([2, 1])],
      attributes: { mode: 'wrap' },
      outputs: [[2, 3, 1, 2, 3, 1]],
    },
    {
      title: 'attributes',
      op: 'Pad',
      opsets: [7],
      inputs: [[1, 2, 3]],
      attributes: { pads: [1, 2], mode: 'reflect' },
      outputs: [[2, 1, 2, 3, 2, 1]],
    },
    {
      title: 'axes',
      op: 'Pad',
      opsets: [18],
      inputs: [rows, int64([0, 1]), null, int64([-1])],
      outputs: [
        [
          [1, 1.2, 0],
          [2.3, 3.4, 0],
          [4.5, 5.7, 0],
        ],
      ],
    },
    {
      title: 'negative pads',
      op: 'Pad',
      inputs: [[1, 2, 3], int64([-1, 1]), constant(5)],
      outputs: [[2, 3, 5]],
    },
    {
      title: 'negative pads',
      op: 'Pad',
      inputs: [[1, 2, 3, 4], int64([-1, 2])],
      attributes: { mode: 'edge' },
      outputs: [[2, 3, 4, 4, 4]],
    },
  ])
})
