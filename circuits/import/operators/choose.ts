import type { OperatorCall } from '#circuits/import/operator-call.js'
import { negateStep } from '#circuits/import/operators/linear-steps.js'
import { addStep, finish, transposeStep } from '#circuits/import/operators/steps.js'

export function readArgMax(call: OperatorCall): void {
  finish(call, argMaxStep(call, call.input(0)))
}

/** ArgMin: the ArgMax of what is negated. */
export function readArgMin(call: OperatorCall): void {
  finish(call, argMaxStep(call, negateStep(call, call.input(0))))
}

function argMaxStep(call: OperatorCall, input: string): string {
  const axis = call.axis(call.attributes.int('axis', 0), call.inputShape(0).length)
  const keepAxis = call.attributes.flag('keepdims', true)
  const selectLast = call.opset >= 12 && call.attributes.flag('select_last_index', false)
  return addStep(call, { kind: 'argMax', input, axis, keepAxis, selectLast })
}

/** TopK before opset 10: k is an attribute. */
export function readAttributeTopK(call: OperatorCall): void {
  topK(call, call.attributes.int('k', null) ?? call.refuse('lacks its k'))
}

/** TopK from opset 10: k is a constant input. */
export function readTopK(call: OperatorCall): void {
  topK(call, call.optionalScalar(1, 'k') ?? call.refuse('lacks its k'))
}

/** Values and indices along the last axis, the chosen axis put there and back; the smallest are the largest of −x. */
function topK(call: OperatorCall, count: number): void {
  const shape = call.inputShape(0)
  const axis = call.axis(call.attributes.int('axis', -1), shape.length)
  const largest = call.opset < 11 || call.attributes.flag('largest', true)
  // Where the order is left open, descending is as good as any.
  if (call.opset >= 11) call.attributes.flag('sorted', true)
  if (!(Number.isInteger(count) && count >= 1 && count <= shape[axis]!)) {
    call.refuse(`picks ${count} of ${shape[axis]} elements`)
  }
  const swap = [...shape.keys()].with(axis, shape.length - 1).with(-1, axis)
  const signed = largest ? call.input(0) : negateStep(call, call.input(0))
  const input = transposeStep(call, signed, swap)
  const [values, indices] = [call.usedOutput(0), call.usedOutput(1)]
  if (values !== null) {
    const best = transposeStep(call, addStep(call, { kind: 'topK', input, count, part: 'values' }), swap)
    finish(call, largest ? best : negateStep(call, best), values)
  }
  if (indices !== null) {
    finish(
      call,
      transposeStep(call, addStep(call, { kind: 'topK', input, count, part: 'indices' }), swap),
      indices,
    )
  }
}
