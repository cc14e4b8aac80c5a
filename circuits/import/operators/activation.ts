import type { ScalarFunctionName } from '#circuits/graph/kernels/scalar-functions.js'
import { sameShape } from '#circuits/graph/shapes.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import type { Reader } from '#circuits/import/operator-row.js'
import {
  channelValues,
  constantOperand,
  mapTensor,
  uniformValue,
} from '#circuits/import/operators/constant-operand.js'
import { clipStep } from '#circuits/import/operators/extremes.js'
import { foldElementwise } from '#circuits/import/operators/fold.js'
import {
  addOperands,
  commonShape,
  multiplyConstantStep,
  scaleStep,
} from '#circuits/import/operators/linear-steps.js'
import { applyStep } from '#circuits/import/operators/scalar-steps.js'
import { addStep, finish } from '#circuits/import/operators/steps.js'

export function readRelu(call: OperatorCall): void {
  call.builder.addNode({ ...call.base, kind: 'relu', input: call.input(0) })
}

/** Reads an operator that is a scalar function, its parameters in the order of the function's. */
export function readFunction(
  name: ScalarFunctionName,
  parameters: readonly (readonly [attribute: string, otherwise: number])[] = [],
): Reader {
  return (call) => {
    const values = parameters.map(([attribute, otherwise]) => call.attributes.float(attribute, otherwise))
    finish(call, applyStep(call, call.input(0), name, values))
  }
}

/** Celu: alpha divides. */
export function readCelu(call: OperatorCall): void {
  const alpha = call.attributes.float('alpha', 1)
  if (alpha === 0) call.refuse('has alpha 0')
  finish(call, applyStep(call, call.input(0), 'celu', [alpha]))
}

/** Gelu, exact or by its tanh approximation. */
export function readGelu(call: OperatorCall): void {
  const approximate = call.attributes.string('approximate', 'none')
  if (approximate !== 'none' && approximate !== 'tanh') call.refuse(`has approximate "${approximate}"`)
  finish(call, applyStep(call, call.input(0), approximate === 'tanh' ? 'geluTanh' : 'gelu'))
}

/** HardSigmoid: a linear function, clipped to [0, 1]. */
export function readHardSigmoid(call: OperatorCall): void {
  const [alpha, beta] = [call.attributes.float('alpha', 0.2), call.attributes.float('beta', 0.5)]
  finish(call, clipStep(call, scaleStep(call, call.input(0), alpha, beta), 0, 1))
}

/** Clip before opset 11: the bounds are attributes. */
export function readAttributeClip(call: OperatorCall): void {
  const low = call.attributes.has('min') ? call.attributes.float('min', 0) : null
  const high = call.attributes.has('max') ? call.attributes.float('max', 0) : null
  finish(call, clipStep(call, call.input(0), low, high))
}

/** Clip from opset 11: the bounds are inputs. */
export function readClip(call: OperatorCall): void {
  const [low, high] = [call.optionalScalar(1, 'min'), call.optionalScalar(2, 'max')]
  const [least, most] = [low ?? Number.NEGATIVE_INFINITY, high ?? Number.POSITIVE_INFINITY]
  const clip = ([x]: readonly number[]): number => Math.min(Math.max(x!, least), most)
  if (foldElementwise(call, [call.input(0)], clip)) return
  finish(call, clipStep(call, call.input(0), low, high))
}

/**
 * PRelu: a function for all elements or for each channel. Slopes that vary otherwise are no functions of a channel:
 * slope·x + (1 − slope)·relu(x) is the same.
 */
export function readPRelu(call: OperatorCall): void {
  const input = call.input(0)
  const shape = call.builder.shapeOf(input)
  const slope = constantOperand(call, requireConstant(call, 1, 'slope'))
  if (!sameShape(commonShape(call, [input, call.input(1)]), shape))
    call.refuse('has a slope larger than its input')
  const uniform = uniformValue(slope.data)
  const slopes = uniform === null ? channelValues(slope, shape) : [uniform]
  if (slopes !== null) {
    const functions = Array.from(slopes, (each) => ({ name: 'leakyRelu' as const, parameters: [each] }))
    finish(call, addStep(call, { kind: 'elementwise', input, functions }))
    return
  }
  const positive = multiplyConstantStep(
    call,
    addStep(call, { kind: 'relu', input }),
    mapTensor(slope, (each) => 1 - each),
  )
  finish(call, addOperands(call, positive, multiplyConstantStep(call, input, slope)))
}

function requireConstant(call: OperatorCall, index: number, what: string): string {
  call.constantInput(index, what)
  return call.input(index)
}

/** Softmax or LogSoftmax before opset 13: over `axis` and all axes after it, taken as one. */
export function readFlattenedSoftmax(logarithm: boolean): Reader {
  return (call) => {
    const rank = call.inputShape(0).length
    const axis = call.axis(call.attributes.int('axis', 1), rank)
    call.builder.addNode({
      ...call.base,
      kind: 'softmax',
      input: call.input(0),
      axis,
      axisEnd: rank,
      logarithm,
    })
  }
}

/** Softmax or LogSoftmax from opset 13: over one axis. */
export function readSoftmax(logarithm: boolean): Reader {
  return (call) => {
    const axis = call.axis(call.attributes.int('axis', -1), call.inputShape(0).length)
    const axes = { axis, axisEnd: axis + 1 }
    call.builder.addNode({ ...call.base, kind: 'softmax', input: call.input(0), ...axes, logarithm })
  }
}
