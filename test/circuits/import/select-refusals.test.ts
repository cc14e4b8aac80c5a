import { describe } from 'vitest'
import { constant, int64, testRefused } from '../../support/operator-vectors.js'

const six = [1, 2, 3, 4, 5, 6]

describe('selections that are refused', () => {
  const code = 'UNSUPPORTED_OPERATOR'
  const invalid = 'INVALID_ONNX'
  testRefused([
    {
      op: 'Split',
      inputs: [six, int64([1, 2])],
      outputCount: 2,
      code: invalid,
      message: /splits 6 elements into 2 parts of \[1, 2\]/,
    },
    { op: 'Split', inputs: [six], outputCount: 4, code: invalid, message: /splits 6/ },
    {
      op: 'Slice',
      inputs: [six, int64([0]), int64([3]), int64([0]), int64([0])],
      code: invalid,
      message: /step of 0/,
    },
    { op: 'Slice', inputs: [six, int64([3]), int64([3])], code, message: /takes nothing/ },
    { op: 'Slice', inputs: [six, [0], int64([3])], code, message: /constant starts/ },
    { op: 'Gather', inputs: [six, [0]], code, message: /constant indices/ },
    { op: 'Gather', inputs: [six, int64(6)], code: invalid, message: /outside of an axis of 6/ },
    { op: 'Gather', inputs: [six, constant(0.5)], code: invalid, message: /no integers/ },
    { op: 'Pad', inputs: [six, int64([-7, 1])], code, message: /cuts/ },
    {
      op: 'Pad',
      inputs: [six, int64([1, 1])],
      attributes: { mode: 'odd' },
      code: invalid,
      message: /mode "odd"/,
    },
    { op: 'Where', inputs: [[1], [1], [2]], code, message: /constant condition/ },
    {
      op: 'Where',
      inputs: [constant([1, 0], 'bool'), [1, 2], constant(Number.NEGATIVE_INFINITY)],
      code: 'INVALID_GRAPH',
      message: /-Infinity/,
    },
    { op: 'Tile', inputs: [six, int64([0])], code: invalid, message: /repeats/ },
    { op: 'Expand', inputs: [six, int64([4])], code: invalid, message: /cannot expand/ },
    { op: 'Concat', inputs: [[[1, 2]], [[3]]], attributes: { axis: 0 }, code: invalid, message: /joins/ },
  ])
})
