import { describe } from 'vitest'
import { int64, testVectors } from '../../support/operator-vectors.js'

const grid = [
  [1, 2, 3, 4],
  [5, 6, 7, 8],
]
const six = [1, 2, 3, 4, 5, 6]

describe('Split', () => {
  const seven = [...six, 7]
  testVectors([
    {
      op: 'Split',
      opsets: [7, 11, 13],
      inputs: [six],
      outputs: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    },
    {
      title: 'sizes as attribute',
      op: 'Split',
      opsets: [11],
      inputs: [six],
      attributes: { split: [2, 4] },
      outputs: [
        [1, 2],
        [3, 4, 5, 6],
      ],
    },
    {
      title: 'sizes as input',
      op: 'Split',
      opsets: [13, 18],
      inputs: [six, int64([2, 4])],
      outputs: [
        [1, 2],
        [3, 4, 5, 6],
      ],
    },
    {
      title: 'a smaller last part',
      op: 'Split',
      opsets: [18],
      inputs: [seven],
      attributes: { num_outputs: 4 },
      outputs: [[1, 2], [3, 4], [5, 6], [7]],
    },
    {
      title: 'axis from the back',
      op: 'Split',
      inputs: [grid],
      attributes: { axis: -1 },
      outputs: [
        [
          [1, 2],
          [5, 6],
        ],
        [
          [3, 4],
          [7, 8],
        ],
      ],
    },
    { title: 'a part that nothing reads', op: 'Split', inputs: [six], outputs: [[1, 2], null, [5, 6]] },
  ])
})

describe('Slice', () => {
  const slice = (
    starts: readonly number[],
    ends: readonly number[],
    axes: readonly number[],
    steps: readonly number[],
  ) => [grid, int64(starts), int64(ends), int64(axes), int64(steps)]
  testVectors([
    {
      op: 'Slice',
      opsets: [7, 9],
      inputs: [grid],
      attributes: { axes: [0, 1], starts: [1, 0], ends: [2, 3] },
      outputs: [[[5, 6, 7]]],
    },
    {
      title: 'no axes',
      op: 'Slice',
      opsets: [9],
      inputs: [grid],
      attributes: { starts: [0, 1], ends: [-1, 1000] },
      outputs: [[[2, 3, 4]]],
    },
    { op: 'Slice', opsets: [10, 13], inputs: slice([1, 0], [2, 3], [0, 1], [1, 2]), outputs: [[[5, 7]]] },
    {
      title: 'no axes',
      op: 'Slice',
      inputs: [grid, int64([0, 1]), int64([-1, 1000])],
      outputs: [[[2, 3, 4]]],
    },
    {
      title: 'steps down',
      op: 'Slice',
      inputs: slice([-1], [-1000], [1], [-1]),
      outputs: [
        [
          [4, 3, 2, 1],
          [8, 7, 6, 5],
        ],
      ],
    },
    {
      title: 'steps down from beyond',
      op: 'Slice',
      inputs: slice([1000], [0], [1], [-2]),
      outputs: [
        [
          [4, 2],
          [8, 6],
        ],
      ],
    },
    {
      title: 'axis from the back',
      op: 'Slice',
      inputs: slice([-3], [-1], [-1], [1]),
      outputs: [
        [
          [2, 3],
          [6, 7],
        ],
      ],
    },
    {
      title: 'the largest int64',
      op: 'Slice',
      inputs: slice([2], [2 ** 63 - 1024], [1], [1]),
      outputs: [
        [
          [3, 4],
          [7, 8],
        ],
      ],
    },
  ])
})
