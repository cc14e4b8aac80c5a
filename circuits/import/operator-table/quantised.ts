import { type OperatorRow, row } from '#circuits/import/operator-row.js'
import {
  readConvInteger,
  readDequantizeLinear,
  readMatMulInteger,
  readQLinearAdd,
  readQLinearConv,
  readQLinearGlobalAveragePool,
  readQLinearMatMul,
  readQuantizeLinear,
} from '#circuits/import/operators/quantised.js'

const rounding = 'n + 1 an element, saturation apart'
const microsoft = { domain: 'com.microsoft' } as const

/** Models that were quantised before: their scales are kept. */
export const quantisedOperators: readonly OperatorRow[] = [
  row('ConvInteger', [2, 4], [[10, readConvInteger]], { cost: '0', remarks: 'constant weight' }),
  row('DequantizeLinear', [2, 3], [[10, readDequantizeLinear]], {
    cost: '0',
    remarks: 'per tensor and per axis; blocks of constants',
  }),
  row('MatMulInteger', [2, 4], [[10, readMatMulInteger]], {
    cost: '0; 1 a product where both sides are computed',
  }),
  row('QLinearAdd', [7, 8], readQLinearAdd, { cost: rounding, ...microsoft }),
  row('QLinearConv', [8, 9], [[10, readQLinearConv]], { cost: rounding, remarks: 'constant weight' }),
  row('QLinearGlobalAveragePool', [4, 5], readQLinearGlobalAveragePool, { cost: rounding, ...microsoft }),
  row('QLinearMatMul', [8, 8], [[10, readQLinearMatMul]], { cost: rounding }),
  row('QuantizeLinear', [2, 3], [[10, readQuantizeLinear]], {
    cost: rounding,
    remarks: '4, 8 and 16 bits; the scale of the model is kept',
  }),
]
