import { type Shape, sizeOf } from '#circuits/graph/graph.js'
import { broadcastIndices } from '#circuits/graph/kernels/indices.js'
import { selectConstant, toFloatTensor } from '#circuits/import/constant.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { expandTensor, uniformValue } from '#circuits/import/operators/constant-operand.js'
import { foldElementwise } from '#circuits/import/operators/fold.js'
import { gatherStep } from '#circuits/import/operators/index-map.js'
import { addConstantStep, commonShape } from '#circuits/import/operators/linear-steps.js'
import { addStep, expandStep, finish, reshapeStep } from '#circuits/import/operators/steps.js'

/** Where with a mask known at import: an index map, and sums with what is constant. */
export function readWhere(call: OperatorCall): void {
  const [condition, left, right] = [call.input(0), call.input(1), call.input(2)] as const
  const choose = ([isLeft, a, b]: readonly number[]): number => (isLeft === 0 ? b! : a!)
  if (foldElementwise(call, [condition, left, right], choose, call.builder.constant(right)?.type)) return
  const mask = call.constantInput(0, 'condition')
  const shape = commonShape(call, [condition, left, right])
  call.builder.claimElements(sizeOf(shape))
  const expanded = selectConstant(mask, broadcastIndices(mask.shape, shape), shape)
  const picked = uniformValue(expanded.data)
  if (picked !== null) finish(call, expandStep(call, picked === 0 ? right : left, shape))
  else finish(call, pickByMask(call, expanded.data, [left, right], shape))
}

/** Elements of two operands of which at most one is constant. */
function pickByMask(
  call: OperatorCall,
  mask: ArrayLike<number>,
  operands: readonly [string, string],
  shape: Shape,
): string {
  const size = sizeOf(shape)
  call.builder.claimElements(size)
  const isConstant = operands.map((name) => call.builder.constant(name) !== null)
  const [left, right] = operands.map((name, index) =>
    isConstant[index] ? name : expandStep(call, name, shape),
  )
  if (!isConstant.includes(true)) {
    const rows = [left!, right!].map((name) => reshapeStep(call, name, [size]))
    const both = addStep(call, { kind: 'concat', inputs: rows, axis: 0 })
    const indices = Int32Array.from(mask, (isLeft, at) => (isLeft === 0 ? size + at : at))
    return gatherStep(call, both, indices, shape)
  }
  const isLeftValue = !isConstant[0]
  const [value, other] = isLeftValue ? [left!, right!] : [right!, left!]
  const constant = expandTensor(
    call,
    toFloatTensor(call.builder.constant(other)!, `constant "${other}"`),
    shape,
  )
  const isValue = (at: number): boolean => (mask[at] !== 0) === isLeftValue
  const indices = Int32Array.from(mask, (_, at) => (isValue(at) ? at : -1))
  const fill = uniformValue(constant.data.filter((_, at) => !isValue(at)))
  const result = gatherStep(call, value, indices, shape, fill ?? 0)
  if (fill !== null) return result
  return addConstantStep(call, result, {
    shape,
    data: constant.data.map((each, at) => (isValue(at) ? 0 : each)),
  })
}
