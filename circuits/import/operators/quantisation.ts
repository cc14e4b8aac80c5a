import { type FloatTensor, type Shape, sizeOf } from '#circuits/graph/graph.js'
import { clamp } from '#circuits/graph/kernels/elementwise.js'
import { roundHalfToEven } from '#circuits/graph/kernels/rounding.js'
import { formatShape } from '#circuits/graph/shapes.js'
import type { Constant } from '#circuits/import/constant.js'
import { integerRanges } from '#circuits/import/integer-ranges.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { uniformValue } from '#circuits/import/operators/constant-operand.js'
import { addConstantStep, multiplyConstantStep, scaleStep } from '#circuits/import/operators/linear-steps.js'
import { addStep } from '#circuits/import/operators/steps.js'

/** Scale and zero point of a quantised tensor: one number, one for each place along an axis, or one for each block. */
export interface Levels {
  readonly scale: Constant
  readonly zero: Constant | null
  readonly axis: number
  /** Places along the axis that share a number; 0 where there are no blocks. */
  readonly block: number
}

/** Scale and zero point at two inputs. Throws `INVALID_ONNX` where a scale is not positive. */
export function readLevels(
  call: OperatorCall,
  indices: readonly [scale: number, zero: number],
  axis = 0,
  block = 0,
): Levels {
  const scale = call.constantInput(indices[0], 'scale')
  const zero = call.optionalConstant(indices[1], 'zero point')
  if (scale.data.some((value) => !(value > 0 && Number.isFinite(value))))
    call.refuse('has a scale that is not positive')
  if (zero !== null && zero.data.length !== scale.data.length) {
    call.refuse(`has ${zero.data.length} zero points for ${scale.data.length} scales`)
  }
  return { scale, zero, axis, block }
}

/** The range of the integers that a zero point's type, or `element`, tells. */
export function integerRange(call: OperatorCall, element: string): readonly [number, number] {
  const range = Object.hasOwn(integerRanges, element) ? integerRanges[element]! : null
  if (range === null || range[1] - range[0] > 2 ** 16) call.unsupported(`quantises to ${element}`)
  return range
}

/** Integers of a constant as real numbers: (q − zero)·scale, rounded to float32 once. */
export function dequantiseConstant(call: OperatorCall, constant: Constant, levels: Levels): FloatTensor {
  const places = levelPlaces(call, constant.shape, levels)
  const data = Float32Array.from(constant.data, (value, index) => {
    const place = places(index)
    return (value - (levels.zero?.data[place] ?? 0)) * levels.scale.data[place]!
  })
  return { shape: constant.shape, data }
}

/** A constant of real numbers as integers of a type. */
export function quantiseConstant(
  call: OperatorCall,
  constant: Constant,
  levels: Levels,
  element: string,
): Constant {
  const [low, high] = integerRange(call, element)
  const places = levelPlaces(call, constant.shape, levels)
  const data = Float64Array.from(constant.data, (value, index) => {
    const place = places(index)
    const level = roundHalfToEven(value / levels.scale.data[place]!) + (levels.zero?.data[place] ?? 0)
    return clamp(level, low, high)
  })
  return { type: 'integer', shape: constant.shape, data, element }
}

/** A computed value that holds integers as the real numbers they stand for. */
export function dequantiseStep(call: OperatorCall, name: string, levels: Levels): string {
  const { scale, zero } = levels
  const [one, origin] = [uniformValue(scale.data), zero === null ? 0 : uniformValue(zero.data)]
  const known = call.builder.quantised.get(name)
  if (known !== undefined && known.scale === one && known.zero === origin) return known.real
  if (one !== null && origin !== null) return scaleStep(call, name, one, -origin * one)
  const shape = call.builder.shapeOf(name)
  const centred =
    zero === null
      ? name
      : addConstantStep(
          call,
          name,
          alongAxis(call, zero, shape, levels, (value) => -value),
        )
  return multiplyConstantStep(
    call,
    centred,
    alongAxis(call, scale, shape, levels, (value) => value),
  )
}

/** A computed real value as the integers that stand for it: rounded to multiples of the scale within the type's range. */
export function quantiseStep(call: OperatorCall, name: string, levels: Levels, element: string): string {
  const { scale, zero } = levels
  const [low, high] = integerRange(call, element)
  const [one, origin] = [uniformValue(scale.data), zero === null ? 0 : uniformValue(zero.data)]
  if (origin === null) call.unsupported('has several zero points for a computed value')
  const limits = { low: low - origin, high: high - origin }
  if (one !== null) {
    const real = addStep(call, { kind: 'quantise', input: name, scale: one, ...limits })
    const integers = scaleStep(call, real, 1 / one, origin)
    call.builder.quantised.set(integers, { real, scale: one, zero: origin })
    return integers
  }
  const shape = call.builder.shapeOf(name)
  const steps = multiplyConstantStep(
    call,
    name,
    alongAxis(call, scale, shape, levels, (value) => 1 / value),
  )
  return scaleStep(call, addStep(call, { kind: 'quantise', input: steps, scale: 1, ...limits }), 1, origin)
}

/** The index of an element's scale in the list of scales. */
function levelPlaces(
  call: OperatorCall,
  shape: Shape,
  { scale, axis, block }: Levels,
): (index: number) => number {
  const count = scale.data.length
  if (count === 1 && block === 0) return () => 0
  const length = shape[axis] ?? call.refuse(`has an axis ${axis} that ${formatShape(shape)} lacks`)
  const inner = sizeOf(shape.slice(axis + 1))
  if (block === 0) {
    if (count !== length) call.refuse(`has ${count} scales for an axis of ${length}`)
    return (index) => Math.floor(index / inner) % length
  }
  const blocks = Math.ceil(length / block)
  if (count !== (sizeOf(shape) / length) * blocks) call.refuse(`has ${count} scales for blocks of ${block}`)
  return (index) => {
    const outer = Math.floor(index / (inner * length))
    const place = Math.floor(index / inner) % length
    return (outer * blocks + Math.floor(place / block)) * inner + (index % inner)
  }
}

/** Numbers of each place along the axis as a tensor that broadcasts to `shape`. */
function alongAxis(
  call: OperatorCall,
  constant: Constant,
  shape: Shape,
  { axis, block }: Levels,
  change: (value: number) => number,
): FloatTensor {
  if (block !== 0) call.unsupported('has blocks of scales for a computed value')
  const length = constant.data.length
  if (length !== 1 && length !== shape[axis]) call.refuse(`has ${length} scales for ${formatShape(shape)}`)
  const after = new Array<number>(Math.max(0, shape.length - 1 - axis)).fill(1)
  const data = Float32Array.from(constant.data, change)
  return { shape: length === 1 ? [] : [length, ...after], data }
}
