import { type OperatorRow, row } from '#circuits/import/operator-row.js'
import { readConv } from '#circuits/import/operators/conv.js'
import { readGemm } from '#circuits/import/operators/dense.js'
import { readMatMul } from '#circuits/import/operators/matmul.js'
import { readBatchNormalization } from '#circuits/import/operators/normalisation.js'

/** Sums with constant weights. */
export const linearOperators: readonly OperatorRow[] = [
  row('BatchNormalization', [5, 5], readBatchNormalization, {
    cost: '0',
    remarks: 'inference; folded into the layer before it',
  }),
  row('Conv', [2, 3], readConv, {
    cost: '0',
    remarks: '1-D to 3-D; constant weight; strides, pads, auto_pad, dilations, groups',
  }),
  row('Gemm', [2, 3], readGemm, {
    cost: '0; 1 a product where A and B are computed',
    remarks: 'alpha, beta, transA, transB',
  }),
  row('MatMul', [2, 2], readMatMul, {
    cost: '0; 1 a product where both sides are computed',
    remarks: 'vectors, matrices and batches of them',
  }),
]
