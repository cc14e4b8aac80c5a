import { sizeOf } from '#circuits/graph/graph.js'
import { formatShape } from '#circuits/graph/shapes.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { selectStep } from '#circuits/import/operators/index-map.js'
import { finish } from '#circuits/import/operators/steps.js'

/** The numbers first, first + step, …: `count` of them. */
function places(first: number, count: number, step = 1): Int32Array {
  return new Int32Array(count).map((_, index) => first + index * step)
}

/** Slice before opset 10: starts, ends and axes are attributes. */
export function readAttributeSlice(call: OperatorCall): void {
  const starts = call.attributes.bounds('starts', null) ?? call.refuse('lacks its starts')
  const ends = call.attributes.bounds('ends', null) ?? call.refuse('lacks its ends')
  slice(call, starts, ends, call.attributes.ints('axes', null), null)
}

/** Slice from opset 10: starts, ends, axes and steps are constant inputs. */
export function readSlice(call: OperatorCall): void {
  const starts = call.optionalIntegers(1, 'starts') ?? call.refuse('lacks its starts')
  const ends = call.optionalIntegers(2, 'ends') ?? call.refuse('lacks its ends')
  slice(call, starts, ends, call.optionalIntegers(3, 'axes'), call.optionalIntegers(4, 'steps'))
}

function slice(
  call: OperatorCall,
  starts: readonly number[],
  ends: readonly number[],
  givenAxes: readonly number[] | null,
  givenSteps: readonly number[] | null,
): void {
  const shape = call.inputShape(0)
  const axes = (givenAxes ?? [...starts.keys()]).map((axis) => call.axis(axis, shape.length))
  const steps = givenSteps ?? starts.map(() => 1)
  if (
    [ends, axes, steps].some((list) => list.length !== starts.length) ||
    new Set(axes).size !== axes.length
  ) {
    call.refuse('has starts, ends, axes and steps that do not fit each other')
  }
  const taken = new Map<number, Int32Array>()
  for (const [index, axis] of axes.entries()) {
    taken.set(axis, slicePlaces(call, shape[axis]!, starts[index]!, ends[index]!, steps[index]!))
  }
  const isEmpty = [...taken.values()].some((list) => list.length === 0)
  if (isEmpty && call.builder.constant(call.input(0)) === null) {
    call.unsupported(`takes nothing of its input ${formatShape(shape)}`)
  }
  finish(call, selectStep(call, call.input(0), taken))
}

function slicePlaces(
  call: OperatorCall,
  length: number,
  start: number,
  end: number,
  step: number,
): Int32Array {
  if (step === 0) call.refuse('has a step of 0')
  if (length === 0) return new Int32Array(0)
  const [least, most] = step > 0 ? [0, length] : [-1, length - 1]
  const within = (place: number): number =>
    Math.min(most, Math.max(least, place < 0 ? place + length : place))
  // A start may not lie before the first element, not even where steps go down.
  const first = Math.max(0, within(start))
  return places(first, Math.max(0, Math.ceil((within(end) - first) / step)), step)
}

/** Split along an axis: sizes as attribute (before opset 13) or input, or as many equal parts as outputs. */
export function readSplit(call: OperatorCall): void {
  const shape = call.inputShape(0)
  const axis = call.axis(call.attributes.int('axis', 0), shape.length)
  const length = shape[axis]!
  const given = call.opset < 13 ? call.attributes.ints('split', null) : call.optionalIntegers(1, 'split')
  const count = (call.opset >= 18 ? call.attributes.int('num_outputs', null) : null) ?? call.outputCount
  if (count !== call.outputCount) call.refuse(`has ${call.outputCount} outputs and num_outputs ${count}`)
  // From opset 18 on the last part may be smaller.
  const part = call.opset >= 18 ? Math.ceil(length / count) : length / count
  const sizes = given ?? Array.from({ length: count }, (_, index) => Math.min(part, length - index * part))
  const isSound = sizes.every((size) => Number.isSafeInteger(size) && size >= 0)
  if (
    !isSound ||
    sizes.length !== call.outputCount ||
    sizes.reduce((sum, size) => sum + size, 0) !== length
  ) {
    call.refuse(
      `splits ${length} elements into ${call.outputCount} parts of ${formatShape(sizes.slice(0, 8))}`,
    )
  }
  let first = 0
  for (const [index, size] of sizes.entries()) {
    const output = call.usedOutput(index)
    if (output !== null && size === 0) call.unsupported('has an empty part that is used')
    if (output !== null)
      finish(call, selectStep(call, call.input(0), new Map([[axis, places(first, size)]])), output)
    first += size
  }
}

/** Tile: each axis as often as told. */
export function readTile(call: OperatorCall): void {
  const shape = call.inputShape(0)
  const repeats = call.optionalIntegers(1, 'repeats') ?? call.refuse('lacks its repeats')
  if (repeats.length !== shape.length || repeats.some((count) => !(count >= 1))) {
    call.refuse(`repeats ${formatShape(shape)} ${formatShape(repeats)} times`)
  }
  call.builder.claimElements(sizeOf(shape) * sizeOf(repeats))
  const taken = shape.map((length, axis) =>
    new Int32Array(length * repeats[axis]!).map((_, index) => index % length),
  )
  finish(call, selectStep(call, call.input(0), new Map(taken.entries())))
}
