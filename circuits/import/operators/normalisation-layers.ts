import { type Shape, sizeOf } from '#circuits/graph/graph.js'
import { formatShape } from '#circuits/graph/shapes.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { absoluteStep } from '#circuits/import/operators/arithmetic.js'
import { clipStep } from '#circuits/import/operators/extremes.js'
import {
  addOperands,
  multiplyOperands,
  negateStep,
  scaleStep,
} from '#circuits/import/operators/linear-steps.js'
import { poolAxes, sumAxes } from '#circuits/import/operators/reduce.js'
import { applyStep } from '#circuits/import/operators/scalar-steps.js'
import { finish, reshapeStep } from '#circuits/import/operators/steps.js'

/** x less its mean over axes, divided by √(variance + epsilon). */
function standardise(call: OperatorCall, name: string, axes: readonly number[], epsilon: number): string {
  const mean = poolAxes(call, name, axes, 'averagePool')
  const centred = addOperands(call, name, negateStep(call, mean))
  return overRootMeanSquare(call, centred, axes, epsilon)
}

/** x/√(mean of x² over axes + epsilon). */
function overRootMeanSquare(
  call: OperatorCall,
  name: string,
  axes: readonly number[],
  epsilon: number,
): string {
  const square = multiplyOperands(call, name, name)
  const variance = scaleStep(call, poolAxes(call, square, axes, 'averagePool'), 1, epsilon)
  return multiplyOperands(call, name, applyStep(call, variance, 'reciprocalSqrt'))
}

/** The value times a factor and plus an offset, inputs that broadcast to it after they are shaped as `shape`. */
function scaleAndShift(
  call: OperatorCall,
  name: string,
  indices: readonly [number, number],
  shape: Shape | null,
): string {
  const operand = (index: number): string => {
    const value = call.input(index)
    return shape === null ? value : reshapeStep(call, value, shape)
  }
  const scaled = multiplyOperands(call, name, operand(indices[0]))
  return call.optionalInput(indices[1]) === null ? scaled : addOperands(call, scaled, operand(indices[1]))
}

/** InstanceNormalization: statistics of each channel. */
export function readInstanceNormalization(call: OperatorCall): void {
  const epsilon = call.attributes.float('epsilon', 1e-5)
  const shape = call.inputShape(0)
  const channels = requireChannels(call, shape, 3)
  const normalised = standardise(call, call.input(0), axesFrom(2, shape.length), epsilon)
  requireLength(call, 1, channels)
  requireLength(call, 2, channels)
  finish(call, scaleAndShift(call, normalised, [1, 2], [channels, ...shape.slice(2).map(() => 1)]))
}

/** LayerNormalization over the axes from `axis` on. */
export function readLayerNormalization(call: OperatorCall): void {
  const rank = call.inputShape(0).length
  const axis = call.axis(call.attributes.int('axis', -1), rank)
  const epsilon = call.attributes.float('epsilon', 1e-5)
  call.attributes.int('stash_type', 1)
  finish(
    call,
    scaleAndShift(call, standardise(call, call.input(0), axesFrom(axis, rank), epsilon), [1, 2], null),
  )
}

/** GroupNormalization: statistics of groups of channels; before opset 21 scale and bias are of groups too. */
export function readGroupNormalization(call: OperatorCall): void {
  const epsilon = call.attributes.float('epsilon', 1e-5)
  const groups = call.attributes.int('num_groups', null) ?? call.refuse('lacks num_groups')
  if (call.opset >= 21) call.attributes.int('stash_type', 1)
  const shape = call.inputShape(0)
  const channels = requireChannels(call, shape, 3)
  const perGroup = channels / groups
  if (!(groups >= 1 && Number.isInteger(perGroup)))
    call.refuse(`has ${groups} groups for ${channels} channels`)
  const spatial = shape.slice(2)
  const ones = spatial.map(() => 1)
  const grouped = reshapeStep(call, call.input(0), [shape[0]!, groups, perGroup, sizeOf(spatial)])
  const normalised = standardise(call, grouped, [2, 3], epsilon)
  if (call.opset < 21) {
    requireLength(call, 1, groups)
    requireLength(call, 2, groups)
    finish(call, reshapeStep(call, scaleAndShift(call, normalised, [1, 2], [groups, 1, 1]), shape))
    return
  }
  requireLength(call, 1, channels)
  requireLength(call, 2, channels)
  const whole = reshapeStep(call, normalised, shape)
  finish(call, scaleAndShift(call, whole, [1, 2], [channels, ...ones]))
}

/** MeanVarianceNormalization: over all axes but the channels' unless told. */
export function readMeanVarianceNormalization(call: OperatorCall): void {
  const shape = call.inputShape(0)
  const given = call.attributes.ints('axes', [0, 2, 3])
  const axes = given.map((axis) => call.axis(axis, shape.length)).toSorted((a, b) => a - b)
  // The definition divides by the deviation + 1e-9, which only shows where the deviation, and with it the result, is 0.
  finish(call, standardise(call, call.input(0), axes, 1e-12))
}

/** LpNormalization: x divided by the sum of absolutes or by the root of the sum of squares. */
export function readLpNormalization(call: OperatorCall): void {
  const axis = call.axis(call.attributes.int('axis', -1), call.inputShape(0).length)
  const p = call.attributes.int('p', 2)
  if (p !== 1 && p !== 2) call.refuse(`has p ${p}`)
  finish(call, p === 1 ? divideBySum(call, call.input(0), axis) : divideByRoot(call, call.input(0), axis))
}

/** Divisors below this count as this, so that rows of zeros stay zero. */
const least = 1e-12

/** x/Σ|x| along an axis. */
export function divideBySum(call: OperatorCall, name: string, axis: number): string {
  const sum = sumAxes(call, absoluteStep(call, name), [axis])
  return multiplyOperands(call, name, applyStep(call, clipStep(call, sum, least, null), 'reciprocal'))
}

/** x/√Σx² along an axis. */
export function divideByRoot(call: OperatorCall, name: string, axis: number): string {
  const sum = sumAxes(call, multiplyOperands(call, name, name), [axis])
  return multiplyOperands(call, name, applyStep(call, clipStep(call, sum, least, null), 'reciprocalSqrt'))
}

function axesFrom(first: number, rank: number): readonly number[] {
  return Array.from({ length: rank - first }, (_, index) => first + index)
}

function requireChannels(call: OperatorCall, shape: Shape, rank: number): number {
  if (shape.length < rank) call.refuse(`needs an input with channels on axis 1, got ${formatShape(shape)}`)
  return shape[1]!
}

function requireLength(call: OperatorCall, index: number, length: number): void {
  const shape = call.inputShape(index)
  if (shape.length !== 1 || shape[0] !== length) {
    call.refuse(`has a scale or bias ${formatShape(shape)}, needs ${length} numbers`)
  }
}
