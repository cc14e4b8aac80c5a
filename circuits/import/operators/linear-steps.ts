import type { FloatTensor, Shape } from '#circuits/graph/graph.js'
import { broadcastShape, formatShape } from '#circuits/graph/shapes.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import {
  channelValues,
  constantOperand,
  expandTensor,
  uniformValue,
} from '#circuits/import/operators/constant-operand.js'
import { addStep, expandStep } from '#circuits/import/operators/steps.js'

/** The shape that operands are broadcast to. Throws `INVALID_ONNX` where they do not fit. */
export function commonShape(call: OperatorCall, names: readonly string[]): Shape {
  const shapes = names.map((name) => call.builder.shapeOf(name))
  return shapes.reduce((left, right) => broadcastShape(left, right) ?? refuseShapes(call, shapes))
}

function refuseShapes(call: OperatorCall, shapes: readonly Shape[]): never {
  const list = shapes.slice(0, 4).map(formatShape).join(' and ')
  return call.refuse(`combines shapes that do not fit: ${list}`)
}

/** x·factor + offset with one factor and one offset for all elements. */
export function scaleStep(call: OperatorCall, name: string, factor: number, offset = 0): string {
  const shape = call.builder.shapeOf(name)
  const [scale, shift] = [scalarTensor(factor), scalarTensor(offset)]
  if (factor === 1 && offset === 0) return name
  const channels = channelValues(scale, shape)
  if (channels === null) {
    const product = factor === 1 ? name : multiplyConstantStep(call, name, scale)
    return offset === 0 ? product : addConstantStep(call, product, shift)
  }
  const offsets = channels.map(() => offset)
  claimChannels(call, channels)
  return addStep(call, {
    kind: 'affine',
    input: name,
    scale: { shape: [channels.length], data: channels },
    offset: { shape: [channels.length], data: offsets },
  })
}

export function negateStep(call: OperatorCall, name: string): string {
  return scaleStep(call, name, -1)
}

/** Counts the two numbers that a channel takes: axis 1 of a value may be as long as the value. */
function claimChannels(call: OperatorCall, channels: Float32Array): void {
  call.builder.claimElements(2 * channels.length)
}

/** x·c with broadcasting: an affine node where c is a number for each channel, else a full constant. */
export function multiplyConstantStep(call: OperatorCall, name: string, factor: FloatTensor): string {
  if (uniformValue(factor.data) === 1 && factor.data.length === 1) return name
  const shape = fittingShape(call, name, factor)
  const input = expandStep(call, name, shape)
  const channels = channelValues(factor, shape)
  if (channels !== null) {
    claimChannels(call, channels)
    return addStep(call, {
      kind: 'affine',
      input,
      scale: { shape: [channels.length], data: channels },
      offset: { shape: [channels.length], data: new Float32Array(channels.length) },
    })
  }
  return addStep(call, { kind: 'multiplyConstant', input, constant: expandTensor(call, factor, shape) })
}

/** x + c with broadcasting. */
export function addConstantStep(call: OperatorCall, name: string, addend: FloatTensor): string {
  const shape = fittingShape(call, name, addend)
  const input = expandStep(call, name, shape)
  return addStep(call, { kind: 'addConstant', input, constant: expandTensor(call, addend, shape) })
}

/** Sum of two operands, either of which may be constant, with broadcasting. */
export function addOperands(call: OperatorCall, left: string, right: string): string {
  const shape = commonShape(call, [left, right])
  if (call.builder.constant(right) !== null) return addConstantStep(call, left, constantOperand(call, right))
  if (call.builder.constant(left) !== null) return addConstantStep(call, right, constantOperand(call, left))
  const inputs = [expandStep(call, left, shape), expandStep(call, right, shape)] as const
  return addStep(call, { kind: 'add', inputs })
}

/** Product of two operands, either of which may be constant, with broadcasting. */
export function multiplyOperands(call: OperatorCall, left: string, right: string): string {
  const shape = commonShape(call, [left, right])
  if (call.builder.constant(right) !== null)
    return multiplyConstantStep(call, left, constantOperand(call, right))
  if (call.builder.constant(left) !== null)
    return multiplyConstantStep(call, right, constantOperand(call, left))
  const inputs = [expandStep(call, left, shape), expandStep(call, right, shape)] as const
  return addStep(call, { kind: 'multiply', inputs })
}

/** A tensor of one number and no axes. */
export function scalarTensor(value: number): FloatTensor {
  return { shape: [], data: Float32Array.of(value) }
}

function fittingShape(call: OperatorCall, name: string, tensor: FloatTensor): Shape {
  const shape = call.builder.shapeOf(name)
  return broadcastShape(shape, tensor.shape) ?? refuseShapes(call, [shape, tensor.shape])
}
