import { type FloatTensor, type Shape, sizeOf } from '#circuits/graph/graph.js'
import { transposeIndices } from '#circuits/graph/kernels/indices.js'
import { broadcastShape, formatShape, sameShape } from '#circuits/graph/shapes.js'
import { floatConstant, selectConstant } from '#circuits/import/constant.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { expandTensor, mapTensor } from '#circuits/import/operators/constant-operand.js'
import { addOperands, scaleStep } from '#circuits/import/operators/linear-steps.js'
import { matMulStep } from '#circuits/import/operators/matmul.js'
import { addStep, finish, transposeStep } from '#circuits/import/operators/steps.js'

/** Gemm: alpha·A·B + beta·C; one node where B and C are constant. */
export function readGemm(call: OperatorCall): void {
  const [alpha, beta] = [call.attributes.float('alpha', 1), call.attributes.float('beta', 1)]
  const transposeA = call.attributes.flag('transA', false)
  const transposeB = call.attributes.flag('transB', false)
  const [shapeA, shapeB] = [call.inputShape(0), call.inputShape(1)]
  if (shapeA.length !== 2 || shapeB.length !== 2) {
    call.refuse(`needs matrices A and B, got ${formatShape(shapeA)} and ${formatShape(shapeB)}`)
  }
  const input = transposeA ? transposeStep(call, call.input(0), [1, 0]) : call.input(0)
  const addend = call.optionalInput(2)
  const isConstant = [call.input(1), ...(addend === null ? [] : [addend])].every((name) => {
    return call.builder.constant(name) !== null
  })
  if (isConstant) {
    const weight = denseWeight(call, transposeB, alpha)
    addDense(call, input, weight, addend === null ? null : scaled(call.weights(2, 'C'), beta))
    return
  }
  const factor = transposeB ? transposeStep(call, call.input(1), [1, 0]) : call.input(1)
  const product = scaleStep(call, matMulStep(call, input, factor), alpha)
  if (addend === null) {
    finish(call, product)
    return
  }
  requireFit(call, call.builder.shapeOf(addend), call.builder.shapeOf(product))
  finish(call, addOperands(call, product, scaleStep(call, addend, beta)))
}

function addDense(call: OperatorCall, input: string, weight: FloatTensor, addend: FloatTensor | null): void {
  const outputs = weight.shape[0]!
  const base = { kind: 'dense', input, weight } as const
  if (addend === null) {
    call.builder.addNode({ ...call.base, ...base, bias: null })
    return
  }
  const shape: Shape = [call.builder.shapeOf(input)[0]!, outputs]
  requireFit(call, addend.shape, shape)
  call.builder.claimElements(sizeOf(shape))
  const rows = expandTensor(call, addend, shape)
  const bias = rows.data.slice(0, outputs)
  if (rows.data.every((value, index) => value === bias[index % outputs])) {
    call.builder.addNode({ ...call.base, ...base, bias: { shape: [outputs], data: bias } })
    return
  }
  const product = addStep(call, { ...base, bias: null })
  call.builder.addNode({ ...call.base, kind: 'addConstant', input: product, constant: rows })
}

function requireFit(call: OperatorCall, addend: Shape, shape: Shape): void {
  const result = broadcastShape(addend, shape)
  if (result === null || !sameShape(result, shape)) {
    call.refuse(`has a C of ${formatShape(addend)} that does not fit ${formatShape(shape)}`)
  }
}

/** alpha·B [K, N] (or [N, K] where it is to be transposed) as the weight [N, K] of a dense node. */
function denseWeight(call: OperatorCall, isTransposed: boolean, alpha: number): FloatTensor {
  const weight = scaled(call.weights(1, 'B'), alpha)
  if (isTransposed) return weight
  const [columns, outputs] = weight.shape as readonly [number, number]
  const constant = floatConstant(weight.data, weight.shape)
  return selectConstant(constant, transposeIndices(weight.shape, [1, 0]), [outputs, columns]) as FloatTensor
}

function scaled(tensor: FloatTensor, factor: number): FloatTensor {
  return factor === 1 ? tensor : mapTensor(tensor, (value) => value * factor)
}
