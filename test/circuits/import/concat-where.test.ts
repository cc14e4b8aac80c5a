import { describe } from 'vitest'
import { constant, int64, testVectors } from '../../support/operator-vectors.js'

describe('Expand, Tile and Concat', () => {
  testVectors([
    {
      op: 'Expand',
      inputs: [[[1], [2]], int64([2, 1, 3])],
      outputs: [
        [
          [
            [1, 1, 1],
            [2, 2, 2],
          ],
          [
            [1, 1, 1],
            [2, 2, 2],
          ],
        ],
      ],
    },
    { title: 'to a shape with ones', op: 'Expand', inputs: [[[1, 2]], int64([1])], outputs: [[[1, 2]]] },
    {
      op: 'Tile',
      inputs: [
        [
          [0, 1],
          [2, 3],
        ],
        int64([2, 2]),
      ],
      outputs: [
        [
          [0, 1, 0, 1],
          [2, 3, 2, 3],
          [0, 1, 0, 1],
          [2, 3, 2, 3],
        ],
      ],
    },
    {
      op: 'Concat',
      inputs: [[[1, 2]], [[3, 4]]],
      attributes: { axis: 0 },
      outputs: [
        [
          [1, 2],
          [3, 4],
        ],
      ],
    },
    {
      title: 'axis from the back',
      op: 'Concat',
      inputs: [[[1, 2]], [[3]]],
      attributes: { axis: -1 },
      outputs: [[[1, 2, 3]]],
    },
    {
      title: 'a constant first',
      op: 'Concat',
      inputs: [constant([[7, 8]]), [[1, 2]], [[3, 4]]],
      attributes: { axis: 0 },
      outputs: [
        [
          [7, 8],
          [1, 2],
          [3, 4],
        ],
      ],
    },
    {
      title: 'zeros between',
      op: 'Concat',
      inputs: [[[1, 2]], constant([[0]]), [[3]]],
      attributes: { axis: 1 },
      outputs: [[[1, 2, 0, 3]]],
    },
  ])
})

describe('Where with a constant mask', () => {
  const mask = constant(
    [
      [1, 0],
      [1, 1],
    ],
    'bool',
  )
  testVectors([
    {
      op: 'Where',
      opsets: [9, 16],
      inputs: [
        mask,
        [
          [1, 2],
          [3, 4],
        ],
        [
          [9, 8],
          [7, 6],
        ],
      ],
      outputs: [
        [
          [1, 8],
          [3, 4],
        ],
      ],
    },
    {
      title: 'a constant on the right',
      op: 'Where',
      inputs: [
        mask,
        [
          [1, 2],
          [3, 4],
        ],
        constant(-9),
      ],
      outputs: [
        [
          [1, -9],
          [3, 4],
        ],
      ],
    },
    {
      title: 'constants on the left',
      op: 'Where',
      inputs: [
        mask,
        constant([
          [5, 6],
          [7, 8],
        ]),
        [
          [1, 2],
          [3, 4],
        ],
      ],
      outputs: [
        [
          [5, 2],
          [7, 8],
        ],
      ],
    },
    {
      title: 'broadcasting',
      op: 'Where',
      inputs: [mask, [1, 2], [[9], [8]]],
      outputs: [
        [
          [1, 9],
          [1, 2],
        ],
      ],
    },
    {
      title: 'all of one side',
      op: 'Where',
      inputs: [constant([1, 1], 'bool'), [1, 2], constant(3)],
      outputs: [[1, 2]],
    },
  ])
})
