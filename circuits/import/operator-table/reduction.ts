import { type OperatorRow, row } from '#circuits/import/operator-row.js'
import { readArgMax, readArgMin, readAttributeTopK, readTopK } from '#circuits/import/operators/choose.js'
import { readGlobalLpPool, readGlobalMaxPool, readLpPool } from '#circuits/import/operators/lp-pool.js'
import { readAveragePool, readGlobalAveragePool, readMaxPool } from '#circuits/import/operators/pool.js'
import { readReduction } from '#circuits/import/operators/reduce.js'

const maximum = 'n + 2 per comparison'
const choice = '(k − 1) · (n + 2) for k elements, 1 per match between winners'
const axes = 'any axes, as attribute or input; keepdims, noop_with_empty_axes'

/** Many elements into one: pools, reductions, choices. */
export const reductionOperators: readonly OperatorRow[] = [
  row('ArgMax', [1, 1], readArgMax, { cost: choice, remarks: 'any axis; select_last_index' }),
  row('ArgMin', [1, 1], readArgMin, { cost: choice, remarks: 'any axis; select_last_index' }),
  row('AveragePool', [1, 1], readAveragePool, {
    cost: '0',
    remarks: '1-D to 3-D; ceil_mode, count_include_pad, auto_pad',
  }),
  row('GlobalAveragePool', [1, 1], readGlobalAveragePool, { cost: '0' }),
  row('GlobalLpPool', [1, 1], readGlobalLpPool, { cost: 'as ReduceL1 or ReduceL2', remarks: 'p = 1 and 2' }),
  row('GlobalMaxPool', [1, 1], readGlobalMaxPool, { cost: maximum }),
  row('LpPool', [1, 1], readLpPool, {
    cost: 'as ReduceL1 or ReduceL2',
    remarks: 'p = 1 and 2; 1-D and 2-D; ceil_mode, dilations, auto_pad',
  }),
  row('MaxPool', [1, 1], readMaxPool, {
    cost: maximum,
    remarks: '1-D to 3-D; without indices; ceil_mode, dilations, auto_pad',
  }),
  row('ReduceL1', [1, 2], readReduction('l1', 18), { cost: 'n + 2 an element', remarks: axes }),
  row('ReduceL2', [1, 2], readReduction('l2', 18), {
    cost: '1 and a rescale an element, a table a result',
    remarks: axes,
  }),
  row('ReduceLogSum', [1, 2], readReduction('logSum', 18), {
    cost: 'table: n + 30 a result at most',
    remarks: axes,
  }),
  row('ReduceLogSumExp', [1, 2], readReduction('logSumExp', 18), {
    cost: 'table: n + 30 at most, an element and a result',
    remarks: axes,
  }),
  row('ReduceMax', [1, 2], readReduction('max', 18), { cost: maximum, remarks: axes }),
  row('ReduceMean', [1, 2], readReduction('mean', 18), { cost: '0', remarks: axes }),
  row('ReduceMin', [1, 2], readReduction('min', 18), { cost: maximum, remarks: axes }),
  row('ReduceProd', [1, 2], readReduction('product', 18), { cost: '0', remarks: 'constants' }),
  row('ReduceSum', [1, 2], readReduction('sum', 13), { cost: '0', remarks: axes }),
  row('ReduceSumSquare', [1, 2], readReduction('sumSquare', 18), {
    cost: '1 and a rescale an element',
    remarks: axes,
  }),
  row(
    'TopK',
    [1, 2],
    [
      [7, readAttributeTopK],
      [10, readTopK],
    ],
    {
      cost: 'n + 2 per comparison of a sorting network',
      remarks: 'constant k; any axis; largest and smallest; ties to the lowest index',
      outputs: 2,
    },
  ),
]
