import { type FloatTensor, type Shape, sizeOf } from '#circuits/graph/graph.js'
import { broadcastIndices, transposeIndices } from '#circuits/graph/kernels/indices.js'
import { broadcastShape, formatShape, sameShape } from '#circuits/graph/shapes.js'
import { floatConstant, selectConstant } from '#circuits/import/constant.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'

/** Gemm: alpha·A·B + beta·C with a constant B. */
export function readGemm(call: OperatorCall): void {
  const [alpha, beta] = [call.attributes.float('alpha', 1), call.attributes.float('beta', 1)]
  const transposeA = call.attributes.flag('transA', false)
  const transposeB = call.attributes.flag('transB', false)
  const weight = matrixWeight(call, call.weights(1, 'B'), transposeB, alpha)
  const input = transposeA ? transposed(call, call.input(0)) : call.input(0)
  if (call.builder.shapeOf(input).length !== 2) call.refuse('needs an input A of two axes')
  const [outputs] = weight.shape as readonly [number]
  const shape: Shape = [call.builder.shapeOf(input)[0]!, outputs]
  const addend = call.optionalInput(2) === null ? null : scaled(call.weights(2, 'C'), beta)
  const base = { ...call.base, kind: 'dense', input, weight } as const
  if (addend === null) {
    call.builder.addNode({ ...base, bias: null })
    return
  }
  const result = broadcastShape(addend.shape, shape)
  if (result === null || !sameShape(result, shape)) {
    call.refuse(`has a C of ${formatShape(addend.shape)} that does not fit ${formatShape(shape)}`)
  }
  const rows = expanded(call, addend, shape)
  const bias = rows.data.slice(0, outputs)
  if (rows.data.every((value, index) => value === bias[index % outputs])) {
    call.builder.addNode({ ...base, bias: { shape: [outputs], data: bias } })
    return
  }
  const output = call.innerValue('product')
  call.builder.addNode({ ...base, output, bias: null })
  call.builder.addNode({ ...call.base, kind: 'addConstant', input: output, constant: rows })
}

/** MatMul with a constant right side: a matrix, also with leading axes of length 1, or a vector. */
export function readMatMul(call: OperatorCall): void {
  const input = call.input(0)
  const shape = call.builder.shapeOf(input)
  const factor = call.weights(1, 'right side')
  const rank = factor.shape.length
  if (rank === 0 || shape.length === 0) call.refuse('multiplies a scalar')
  const leading = factor.shape.slice(0, -2)
  if (sizeOf(leading) !== 1) call.unsupported('has a batch of matrices as its right side')
  const matrix = rank === 1 ? [factor.shape[0]!, 1] : factor.shape.slice(-2)
  const weight = matrixWeight(call, { shape: matrix, data: factor.data }, false, 1)
  const base = { ...call.base, kind: 'dense', input, weight, bias: null } as const
  const product = [...shape.slice(0, -1), weight.shape[0]!]
  const missing = leading.slice(0, Math.max(0, leading.length - Math.max(0, shape.length - 2)))
  const result = rank === 1 ? product.slice(0, -1) : [...missing, ...product]
  if (sameShape(result, product)) {
    call.builder.addNode(base)
    return
  }
  const output = call.innerValue('product')
  call.builder.addNode({ ...base, output })
  call.builder.addNode({ ...call.base, kind: 'reshape', input: output, shape: result })
}

/** A matrix [K, N] (or [N, K] where `isTransposed`) times `factor` as the weight [N, K] of a dense node. */
function matrixWeight(
  call: OperatorCall,
  matrix: FloatTensor,
  isTransposed: boolean,
  factor: number,
): FloatTensor {
  if (matrix.shape.length !== 2) call.refuse(`needs a matrix, got ${formatShape(matrix.shape)}`)
  const weight = scaled(matrix, factor)
  if (isTransposed) return weight
  const [columns, outputs] = matrix.shape as readonly [number, number]
  const constant = floatConstant(weight.data, matrix.shape)
  return selectConstant(constant, transposeIndices(matrix.shape, [1, 0]), [outputs, columns]) as FloatTensor
}

function scaled(tensor: FloatTensor, factor: number): FloatTensor {
  return factor === 1 ? tensor : { ...tensor, data: tensor.data.map((value) => value * factor) }
}

function expanded(call: OperatorCall, tensor: FloatTensor, shape: Shape): FloatTensor {
  call.builder.claimElements(sizeOf(shape))
  const constant = floatConstant(tensor.data, tensor.shape)
  return selectConstant(constant, broadcastIndices(tensor.shape, shape), shape) as FloatTensor
}

function transposed(call: OperatorCall, input: string): string {
  const output = call.innerValue('transposed')
  call.builder.addNode({ ...call.base, kind: 'transpose', input, output, permutation: [1, 0] })
  return output
}
