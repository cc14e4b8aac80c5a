import { sizeOf } from '#circuits/graph/graph.js'
import { broadcastIndices } from '#circuits/graph/kernels/indices.js'
import { broadcastShape, formatShape } from '#circuits/graph/shapes.js'
import { floatConstant, integerConstant, reshapeConstant, selectConstant } from '#circuits/import/constant.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import type { Reader } from '#circuits/import/operator-row.js'
import { foldElementwise, makeConstant } from '#circuits/import/operators/fold.js'
import { expandStep, finish } from '#circuits/import/operators/steps.js'

/** Shape: known now, because all shapes are. `start` and `end` from opset 15. */
export function readShape(call: OperatorCall): void {
  const shape = call.inputShape(0)
  const [start, end] =
    call.opset < 15
      ? [0, shape.length]
      : [call.attributes.int('start', 0), call.attributes.int('end', shape.length)]
  call.builder.addConstant(call.output, integerConstant(shape.slice(start, end)))
}

/** Size: the number of elements, known now. */
export function readSize(call: OperatorCall): void {
  call.builder.addConstant(call.output, reshapeConstant(integerConstant([sizeOf(call.inputShape(0))]), []))
}

/** ConstantOfShape: one number, the float 0 by default, in a constant shape. */
export function readConstantOfShape(call: OperatorCall): void {
  const shape = call.optionalIntegers(0, 'shape') ?? call.refuse('lacks its shape')
  const value = call.attributes.tensor('value') ?? floatConstant(Float32Array.of(0))
  if (value.data.length !== 1) call.refuse(`has a value of ${value.data.length} elements`)
  if (shape.some((length) => length < 0)) call.refuse(`fills a shape ${formatShape(shape)}`)
  call.builder.claimElements(sizeOf(shape))
  call.builder.addConstant(call.output, selectConstant(value, new Int32Array(sizeOf(shape)), shape))
}

/** Range of constants: start, start + delta, … below limit. */
export function readRange(call: OperatorCall): void {
  const [start, limit, delta] = ['start', 'limit', 'delta'].map((what, index) => {
    return call.optionalScalar(index, what) ?? call.refuse(`lacks its ${what}`)
  }) as [number, number, number]
  const count = Math.max(0, Math.ceil((limit - start) / delta))
  if (!Number.isSafeInteger(count)) call.refuse(`counts from ${start} to ${limit} by ${delta}`)
  call.builder.claimElements(count)
  const { type } = call.constantInput(0, 'start')
  const values = Float64Array.from({ length: count }, (_, index) => start + index * delta)
  call.builder.addConstant(call.output, makeConstant(call, type, [count], values))
}

/** Expand to a constant shape; an axis of length 1 in it keeps the input's. */
export function readExpand(call: OperatorCall): void {
  const asked = call.optionalIntegers(1, 'shape') ?? call.refuse('lacks its shape')
  const from = call.inputShape(0)
  const shape = broadcastShape(from, asked)
  if (shape === null || asked.some((length) => length < 1)) {
    call.refuse(`cannot expand ${formatShape(from)} to ${formatShape(asked)}`)
  }
  const constant = call.builder.constant(call.input(0))
  if (constant === null) {
    finish(call, expandStep(call, call.input(0), shape))
    return
  }
  call.builder.claimElements(sizeOf(shape))
  call.builder.addConstant(call.output, selectConstant(constant, broadcastIndices(from, shape), shape))
}

/** Reads a comparison or a logical operator, of constants alone. */
export function readLogic(compute: (left: number, right: number) => boolean): Reader {
  return (call) => {
    const names = call.allInputs()
    const fold = ([left, right]: readonly number[]): number => (compute(left!, right ?? 0) ? 1 : 0)
    if (!foldElementwise(call, names, fold, 'boolean')) call.unsupported('is supported for constants only')
  }
}
