import type { OperatorCall } from '#circuits/import/operator-call.js'
import {
  readArgMax,
  readFlattenedSoftmax,
  readRelu,
  readSoftmax,
} from '#circuits/import/operators/activation.js'
import { readAdd } from '#circuits/import/operators/add.js'
import { readConstant } from '#circuits/import/operators/constant.js'
import { readConv } from '#circuits/import/operators/conv.js'
import { readGemm, readMatMul } from '#circuits/import/operators/dense.js'
import { readDropout, readIdentity } from '#circuits/import/operators/identity.js'
import { readBatchNormalization } from '#circuits/import/operators/normalisation.js'
import { readAttributePad, readPad } from '#circuits/import/operators/pad.js'
import { readAveragePool, readGlobalAveragePool, readMaxPool } from '#circuits/import/operators/pool.js'
import {
  readFlatten,
  readReshape,
  readSqueeze,
  readTranspose,
  readUnsqueeze,
} from '#circuits/import/operators/shape.js'
import { readCast, readConcat, readGather, readShape } from '#circuits/import/operators/shape-arithmetic.js'

/** The opsets of ONNX's own domain that are read. */
export const opsets = { least: 7, most: 21 } as const

type Reader = (call: OperatorCall) => void

/** An ONNX operator that zkserve reads. */
export interface OperatorRow {
  readonly operator: string
  /** Least and greatest number of inputs. */
  readonly inputs: readonly [number, number]
  /** Readers by the opset from which they hold, ascending. */
  readonly readers: readonly (readonly [opset: number, read: Reader])[]
  /** What is taken of the operator, for people. */
  readonly remarks: string
}

const anyNumber = Number.MAX_SAFE_INTEGER

/** The one table of operators, by name. */
export const operatorTable: readonly OperatorRow[] = [
  row('Add', [2, 2], readAdd, 'broadcasting; two values, or a value and a constant'),
  row('ArgMax', [1, 1], readArgMax, 'as the last node'),
  row('AveragePool', [1, 1], readAveragePool, '1-D and 2-D; ceil_mode, count_include_pad, auto_pad'),
  row('BatchNormalization', [5, 5], readBatchNormalization, 'inference; folded into the layer before it'),
  row('Cast', [1, 1], readCast, 'constants, and between float types'),
  row('Concat', [1, anyNumber], readConcat, 'constants'),
  row('Constant', [0, 0], readConstant, 'numbers in any form'),
  row('Conv', [2, 3], readConv, '1-D and 2-D; constant weight; strides, pads, auto_pad, dilations, groups'),
  row('Dropout', [1, 3], readDropout, 'inference: the identity'),
  row('Flatten', [1, 1], readFlatten, ''),
  row('Gather', [2, 2], readGather, 'constants'),
  row('Gemm', [2, 3], readGemm, 'constant B and C; alpha, beta, transA, transB'),
  row('GlobalAveragePool', [1, 1], readGlobalAveragePool, '1-D and 2-D'),
  row('Identity', [1, 1], readIdentity, ''),
  row('MatMul', [2, 2], readMatMul, 'constant right side: a matrix or a vector'),
  row('MaxPool', [1, 1], readMaxPool, '1-D and 2-D; without indices; ceil_mode, dilations, auto_pad'),
  {
    operator: 'Pad',
    inputs: [1, 4],
    readers: [
      [7, readAttributePad],
      [11, readPad],
    ],
    remarks: 'mode constant, no negative pads',
  },
  row('Relu', [1, 1], readRelu, ''),
  row('Reshape', [2, 2], readReshape, 'constant shape; 0, −1, allowzero'),
  row('Shape', [1, 1], readShape, 'folded into a constant'),
  {
    operator: 'Softmax',
    inputs: [1, 1],
    readers: [
      [7, readFlattenedSoftmax],
      [13, readSoftmax],
    ],
    remarks: 'as the last node',
  },
  row('Squeeze', [1, 2], readSqueeze, 'constant axes'),
  row('Transpose', [1, 1], readTranspose, ''),
  row('Unsqueeze', [1, 2], readUnsqueeze, 'constant axes'),
]

function row(
  operator: string,
  inputs: readonly [number, number],
  read: Reader,
  remarks: string,
): OperatorRow {
  return { operator, inputs, readers: [[opsets.least, read]], remarks }
}

const byName = new Map(operatorTable.map((entry) => [entry.operator, entry]))

/** The names of all operators that are read, in alphabetic order. */
export const supportedOperators: readonly string[] = operatorTable.map(({ operator }) => operator)

/** The row of an operator of ONNX's own domain, or null. */
export function findOperator(operator: string): OperatorRow | null {
  return byName.get(operator) ?? null
}

/** Reads a node by the row's reader for its opset. */
export function readOperator(entry: OperatorRow, call: OperatorCall): void {
  const reader = entry.readers.findLast(([opset]) => opset <= call.opset)
  if (reader === undefined) call.unsupported(`needs opset ${entry.readers[0]![0]} or newer`)
  call.requireInputs(...entry.inputs)
  call.requireOneOutput()
  reader[1](call)
  const [unread] = call.attributes.unread
  if (unread !== undefined) call.unsupported(`has an attribute "${unread}" that is not supported`)
}
