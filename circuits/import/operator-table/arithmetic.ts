import { type OperatorRow, row } from '#circuits/import/operator-row.js'
import { readAdd } from '#circuits/import/operators/add.js'

/** Element by element, with NumPy broadcasting. */
export const arithmeticOperators: readonly OperatorRow[] = [
  row('Add', [2, 2], readAdd, {
    cost: '0',
    remarks: 'broadcasting; two values, or a value and a constant',
  }),
]
