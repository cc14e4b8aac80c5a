import { type FloatTensor, type Shape, sizeOf } from '#circuits/graph/graph.js'
import { transposeIndices } from '#circuits/graph/kernels/indices.js'
import { broadcastShape, formatShape } from '#circuits/graph/shapes.js'
import { floatConstant, selectConstant } from '#circuits/import/constant.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { constantOperand, expandTensor } from '#circuits/import/operators/constant-operand.js'
import { addStep, expandStep, finish, reshapeStep, transposeStep } from '#circuits/import/operators/steps.js'

/** MatMul as NumPy's: vectors, matrices and batches of them, either side constant or computed. */
export function readMatMul(call: OperatorCall): void {
  finish(call, matMulStep(call, call.input(0), call.input(1)))
}

/** The product of two values; a vector on the left is a row, on the right a column, and drops out of the shape. */
export function matMulStep(call: OperatorCall, left: string, right: string): string {
  const [leftShape, rightShape] = [call.builder.shapeOf(left), call.builder.shapeOf(right)]
  if (leftShape.length === 0 || rightShape.length === 0) call.refuse('multiplies a scalar')
  const isRow = leftShape.length === 1
  const isColumn = rightShape.length === 1
  const matrices = [
    isRow ? reshapeStep(call, left, [1, leftShape[0]!]) : left,
    isColumn ? reshapeStep(call, right, [rightShape[0]!, 1]) : right,
  ] as const
  const product = multiply(call, ...matrices)
  let shape = call.builder.shapeOf(product)
  if (isColumn) shape = shape.slice(0, -1)
  if (isRow) shape = isColumn ? shape.slice(0, -1) : shape.toSpliced(-2, 1)
  return reshapeStep(call, product, shape)
}

function multiply(call: OperatorCall, left: string, right: string): string {
  const isConstant = (name: string): boolean => call.builder.constant(name) !== null
  const [leftShape, rightShape] = [call.builder.shapeOf(left), call.builder.shapeOf(right)]
  const batch = broadcastShape(leftShape.slice(0, -2), rightShape.slice(0, -2))
  if (batch === null || leftShape.at(-1) !== rightShape.at(-2)) {
    call.refuse(`multiplies ${formatShape(leftShape)} by ${formatShape(rightShape)}`)
  }
  if (isConstant(right)) {
    const result = [...batch, leftShape.at(-2)!, rightShape.at(-1)!]
    return multiplyConstant(call, left, right, result)
  }
  if (isConstant(left)) {
    // A·B = (Bᵀ·Aᵀ)ᵀ
    return swapLast(call, multiply(call, swapLast(call, right), swapLast(call, left)))
  }
  const inputs = [
    expandStep(call, left, [...batch, ...leftShape.slice(-2)]),
    expandStep(call, right, [...batch, ...rightShape.slice(-2)]),
  ] as const
  return addStep(call, { kind: 'matMul', inputs })
}

function multiplyConstant(call: OperatorCall, left: string, right: string, result: Shape): string {
  const factor = constantOperand(call, right)
  call.builder.claimElements(factor.data.length)
  const [depth, columns] = factor.shape.slice(-2) as [number, number]
  if (sizeOf(factor.shape.slice(0, -2)) === 1) {
    const weight = denseWeight({ shape: [depth, columns], data: factor.data })
    return reshapeStep(call, addStep(call, { kind: 'dense', input: left, weight, bias: null }), result)
  }
  return multiplyBatch(call, left, factor, result)
}

/** A batch of constant matrices: a 1×1 convolution with a group for each of them. */
function multiplyBatch(call: OperatorCall, left: string, factor: FloatTensor, result: Shape): string {
  const batch = result.slice(0, -2)
  const count = sizeOf(batch)
  const [rows, columns] = result.slice(-2) as [number, number]
  const depth = factor.shape.at(-2)!
  const wide = reshapeStep(call, expandStep(call, left, [...batch, rows, depth]), [count, rows, depth])
  const image = reshapeStep(call, swapLast(call, wide), [1, count * depth, rows, 1])
  const matrices = expandFactor(call, factor, [...batch, depth, columns])
  const order = transposeIndices([count, depth, columns], [0, 2, 1])
  const weight = selectConstant(matrices, order, [count * columns, depth, 1, 1]) as FloatTensor
  const window = { kernel: [1, 1], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] } as const
  const base = { kind: 'conv', weight, bias: null, window, groups: count } as const
  const product = reshapeStep(call, addStep(call, { ...base, input: image }), [count, columns, rows])
  return reshapeStep(call, swapLast(call, product), result)
}

function expandFactor(call: OperatorCall, factor: FloatTensor, shape: Shape) {
  const expanded = expandTensor(call, factor, shape)
  return floatConstant(expanded.data, shape)
}

/** A matrix [K, N] as the weight [N, K] of a dense node. */
function denseWeight(matrix: FloatTensor): FloatTensor {
  const constant = floatConstant(matrix.data, matrix.shape)
  const [depth, columns] = matrix.shape as readonly [number, number]
  return selectConstant(constant, transposeIndices(matrix.shape, [1, 0]), [columns, depth]) as FloatTensor
}

/** The value with its last two axes swapped. */
export function swapLast(call: OperatorCall, name: string): string {
  const rank = call.builder.shapeOf(name).length
  const permutation = Array.from({ length: rank }, (_, axis) => axis)
  return transposeStep(call, name, permutation.with(-1, rank - 2).with(-2, rank - 1))
}
