import { anyNumber, type OperatorRow, row } from '#circuits/import/operator-row.js'
import {
  readAbs,
  readAdd,
  readDiv,
  readMean,
  readMod,
  readMul,
  readNeg,
  readSub,
  readSum,
} from '#circuits/import/operators/arithmetic.js'
import { readMax, readMin } from '#circuits/import/operators/extremes.js'
import { readPow } from '#circuits/import/operators/power.js'

const comparison = '0 with one constant for all, else n + 2 per comparison'

/** Element by element, with NumPy broadcasting. */
export const arithmeticOperators: readonly OperatorRow[] = [
  row('Abs', [1, 1], readAbs, { cost: 'n + 2 an element', remarks: 'as 2·relu(x) − x' }),
  row('Add', [2, 2], readAdd, {
    cost: '0',
    remarks: 'broadcasting; two values, or a value and a constant',
  }),
  row('Div', [2, 2], readDiv, {
    cost: '0 by a constant, else a table and a product an element',
    remarks: 'by a constant, or by the reciprocal of a value',
  }),
  row('Max', [1, anyNumber], readMax, { cost: comparison, remarks: 'broadcasting; values and constants' }),
  row('Mean', [1, anyNumber], readMean, { cost: '0', remarks: 'broadcasting; values and constants' }),
  row('Min', [1, anyNumber], readMin, { cost: comparison, remarks: 'broadcasting; values and constants' }),
  row('Mod', [2, 2], readMod, { cost: '0', remarks: 'constants' }),
  row('Mul', [2, 2], readMul, {
    cost: '0 by a constant, else 1 and a rescale an element',
    remarks: 'broadcasting; two values, or a value and a constant',
  }),
  row('Neg', [1, 1], readNeg, { cost: '0' }),
  row('Pow', [2, 2], readPow, {
    cost: '1 and a rescale a product; table: n + 30 an element at most',
    remarks: 'one constant exponent: 2, 3 and 4 as products, others as tables; or one constant base',
  }),
  row('Sub', [2, 2], readSub, {
    cost: '0',
    remarks: 'broadcasting; two values, or a value and a constant',
  }),
  row('Sum', [1, anyNumber], readSum, { cost: '0', remarks: 'broadcasting; values and constants' }),
]
