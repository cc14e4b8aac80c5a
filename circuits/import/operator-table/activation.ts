import { type OperatorRow, row } from '#circuits/import/operator-row.js'
import { readFlattenedSoftmax, readRelu, readSoftmax } from '#circuits/import/operators/activation.js'

/** Functions of each element, and Softmax. */
export const activationOperators: readonly OperatorRow[] = [
  row('Relu', [1, 1], readRelu, { cost: 'n + 2 an element, rescale included' }),
  row(
    'Softmax',
    [1, 1],
    [
      [7, readFlattenedSoftmax],
      [13, readSoftmax],
    ],
    { cost: '0: applied outside of the circuit', remarks: 'as the last node' },
  ),
]
