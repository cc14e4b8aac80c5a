import type { OperatorCall } from '#circuits/import/operator-call.js'

export function readRelu(call: OperatorCall): void {
  call.builder.addNode({ ...call.base, kind: 'relu', input: call.input(0) })
}

/** Softmax before opset 13: over `axis` and all axes after it, taken as one. */
export function readFlattenedSoftmax(call: OperatorCall): void {
  const rank = call.inputShape(0).length
  const axis = call.axis(call.attributes.int('axis', 1), rank)
  call.builder.addNode({ ...call.base, kind: 'softmax', input: call.input(0), axis, axisEnd: rank })
}

/** Softmax from opset 13: over one axis. */
export function readSoftmax(call: OperatorCall): void {
  const axis = call.axis(call.attributes.int('axis', -1), call.inputShape(0).length)
  call.builder.addNode({ ...call.base, kind: 'softmax', input: call.input(0), axis, axisEnd: axis + 1 })
}

export function readArgMax(call: OperatorCall): void {
  const axis = call.axis(call.attributes.int('axis', 0), call.inputShape(0).length)
  const keepAxis = call.attributes.flag('keepdims', true)
  const selectLast = call.opset >= 12 && call.attributes.flag('select_last_index', false)
  call.builder.addNode({ ...call.base, kind: 'argMax', input: call.input(0), axis, keepAxis, selectLast })
}
