import { type Shape, sizeOf } from '#circuits/graph/graph.js'
import { transposeIndices } from '#circuits/graph/kernels/indices.js'
import { formatShape } from '#circuits/graph/shapes.js'
import { reshapeConstant, selectConstant } from '#circuits/import/constant.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'

/** Gives the first input another shape; a constant stays one, integers too. */
export function addReshape(call: OperatorCall, shape: Shape): void {
  const from = call.inputShape(0)
  const constant = call.builder.constant(call.input(0))
  if (sizeOf(from) !== sizeOf(shape)) {
    call.refuse(`cannot shape ${formatShape(from)} as ${formatShape(shape)}`)
  }
  if (constant !== null) call.builder.addConstant(call.output, reshapeConstant(constant, shape))
  else call.builder.addNode({ ...call.base, kind: 'reshape', input: call.input(0), shape })
}

/** Flatten to two axes, split before `axis`. */
export function readFlatten(call: OperatorCall): void {
  const shape = call.inputShape(0)
  const axis = call.axis(call.attributes.int('axis', 1), shape.length, true)
  addReshape(call, [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))])
}

/** Reshape to a constant shape; 0 keeps an axis (unless allowzero), −1 takes what is left. */
export function readReshape(call: OperatorCall): void {
  const allowZero = call.opset >= 14 && call.attributes.flag('allowzero', false)
  const from = call.inputShape(0)
  const asked = call.optionalIntegers(1, 'shape') ?? call.refuse('lacks its shape')
  const shape = asked.map((length, axis) =>
    length === 0 && !allowZero ? (from[axis] ?? call.refuse('keeps an axis that its input lacks')) : length,
  )
  const open = shape.indexOf(-1)
  if (open >= 0) shape[open] = sizeOf(from) / sizeOf(shape.toSpliced(open, 1))
  if (shape.some((length) => !(Number.isSafeInteger(length) && length >= 0))) {
    call.refuse(`cannot shape ${formatShape(from)} as ${formatShape(asked)}`)
  }
  addReshape(call, shape)
}

export function readTranspose(call: OperatorCall): void {
  const shape = call.inputShape(0)
  const permutation = call.attributes.ints('perm', null) ?? shape.map((_, axis) => shape.length - 1 - axis)
  const constant = call.builder.constant(call.input(0))
  const isPermutation = permutation.toSorted((a, b) => a - b).every((axis, index) => axis === index)
  if (permutation.length !== shape.length || !isPermutation) {
    call.refuse(`has a permutation ${formatShape(permutation)} for an input ${formatShape(shape)}`)
  }
  if (constant === null) {
    call.builder.addNode({ ...call.base, kind: 'transpose', input: call.input(0), permutation })
    return
  }
  const target = permutation.map((axis) => shape[axis]!)
  call.builder.addConstant(
    call.output,
    selectConstant(constant, transposeIndices(shape, permutation), target),
  )
}

/** Axes as an attribute (before opset 13) or as the second input. */
function readAxes(call: OperatorCall): readonly number[] | null {
  return call.opset < 13 ? call.attributes.ints('axes', null) : call.optionalIntegers(1, 'axes')
}

export function readSqueeze(call: OperatorCall): void {
  const shape = call.inputShape(0)
  const axes = readAxes(call)?.map((axis) => call.axis(axis, shape.length))
  const isDropped = (axis: number): boolean => axes?.includes(axis) ?? shape[axis] === 1
  if (shape.some((length, axis) => isDropped(axis) && length !== 1)) {
    call.refuse(`drops an axis of ${formatShape(shape)} that is longer than 1`)
  }
  addReshape(
    call,
    shape.filter((_, axis) => !isDropped(axis)),
  )
}

export function readUnsqueeze(call: OperatorCall): void {
  const shape = call.inputShape(0)
  const given = readAxes(call) ?? call.refuse('lacks its axes')
  const rank = shape.length + given.length
  const axes = new Set(given.map((axis) => call.axis(axis, rank)))
  if (axes.size !== given.length) call.refuse('names an axis twice')
  const lengths = shape.values()
  addReshape(
    call,
    Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : lengths.next().value!)),
  )
}
