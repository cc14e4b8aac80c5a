import { type OperatorRow, row } from '#circuits/import/operator-row.js'
import { readArgMax } from '#circuits/import/operators/activation.js'
import { readAveragePool, readGlobalAveragePool, readMaxPool } from '#circuits/import/operators/pool.js'

/** Many elements into one: pools, reductions, choices. */
export const reductionOperators: readonly OperatorRow[] = [
  row('ArgMax', [1, 1], readArgMax, {
    cost: '(k − 1) · (n + 2) for k elements, 1 per match between winners',
    remarks: 'select_last_index',
  }),
  row('AveragePool', [1, 1], readAveragePool, {
    cost: '0',
    remarks: '1-D and 2-D; ceil_mode, count_include_pad, auto_pad',
  }),
  row('GlobalAveragePool', [1, 1], readGlobalAveragePool, { cost: '0', remarks: '1-D and 2-D' }),
  row('MaxPool', [1, 1], readMaxPool, {
    cost: 'n + 2 per comparison',
    remarks: '1-D and 2-D; without indices; ceil_mode, dilations, auto_pad',
  }),
]
