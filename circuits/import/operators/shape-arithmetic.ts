import { type Shape, sizeOf } from '#circuits/graph/graph.js'
import { formatShape, sameShape } from '#circuits/graph/shapes.js'
import { type Constant, integerConstant, selectConstant } from '#circuits/import/constant.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { addReshape } from '#circuits/import/operators/shape.js'
import { elementTypeName, isFloatType } from '#circuits/import/tensor.js'

/** Shape: known now, because all shapes are. `start` and `end` from opset 15. */
export function readShape(call: OperatorCall): void {
  const shape = call.inputShape(0)
  const [start, end] =
    call.opset < 15
      ? [0, shape.length]
      : [call.attributes.int('start', 0), call.attributes.int('end', shape.length)]
  call.builder.addConstant(call.output, integerConstant(shape.slice(start, end)))
}

/** Gather from a constant. */
export function readGather(call: OperatorCall): void {
  const data = call.constantInput(0, 'data')
  const indices = call.constantInput(1, 'indices')
  const axis = call.axis(call.attributes.int('axis', 0), data.shape.length)
  const length = data.shape[axis]!
  const inner = sizeOf(data.shape.slice(axis + 1))
  const outer = sizeOf(data.shape.slice(0, axis))
  const shape: Shape = [...data.shape.slice(0, axis), ...indices.shape, ...data.shape.slice(axis + 1)]
  call.builder.claimElements(sizeOf(shape))
  const rows = Array.from(indices.data, (index) => (index < 0 ? index + length : index))
  if (rows.some((row) => !(Number.isInteger(row) && row >= 0 && row < length))) {
    call.refuse(`gathers outside of an axis of ${length} elements`)
  }
  const places = new Int32Array(sizeOf(shape))
  let place = 0
  for (let block = 0; block < outer; block++) {
    for (const row of rows) {
      for (let step = 0; step < inner; step++) places[place++] = (block * length + row) * inner + step
    }
  }
  call.builder.addConstant(call.output, selectConstant(data, places, shape))
}

/** Concat of constants. */
export function readConcat(call: OperatorCall): void {
  const parts = call.allInputs().map((_, index) => call.constantInput(index, 'part'))
  const [first] = parts as [Constant]
  const axis = call.axis(
    call.attributes.int('axis', null) ?? call.refuse('lacks its axis'),
    first.shape.length,
  )
  const fits = (part: Constant): boolean =>
    part.type === first.type && sameShape(part.shape.with(axis, 0), first.shape.with(axis, 0))
  if (!parts.every((part) => part.shape.length === first.shape.length && fits(part))) {
    call.refuse(`joins ${parts.map((part) => formatShape(part.shape)).join(', ')} along axis ${axis}`)
  }
  const shape = first.shape.with(
    axis,
    parts.reduce((sum, part) => sum + part.shape[axis]!, 0),
  )
  const data = first.type === 'float' ? new Float32Array(sizeOf(shape)) : new Float64Array(sizeOf(shape))
  const outer = sizeOf(shape.slice(0, axis))
  let place = 0
  for (let block = 0; block < outer; block++) {
    for (const part of parts) {
      const run = part.data.length / outer
      data.set(part.data.subarray(block * run, (block + 1) * run), place)
      place += run
    }
  }
  call.builder.addConstant(call.output, { type: first.type, shape, data } as Constant)
}

/** Cast: of constants, or between float types, where values stay as they are. */
export function readCast(call: OperatorCall): void {
  const to = call.attributes.int('to', 0)
  call.attributes.int('saturate', 1)
  const constant = call.builder.constant(call.input(0))
  if (constant === null || (constant.type === 'float' && isFloatType(to))) {
    if (!isFloatType(to)) call.unsupported(`casts a computed value to ${elementTypeName(to)}`)
    addReshape(call, call.inputShape(0))
    return
  }
  call.builder.addConstant(call.output, castConstant(call, constant, to))
}

function castConstant(call: OperatorCall, constant: Constant, to: number): Constant {
  const { shape, data } = constant
  if (isFloatType(to)) return { type: 'float', shape, data: Float32Array.from(data) }
  if (to === 9)
    return { type: 'boolean', shape, data: Float64Array.from(data, (value) => (value === 0 ? 0 : 1)) }
  const name = elementTypeName(to)
  if (name !== 'int32' && name !== 'int64') call.unsupported(`casts to ${name}`)
  return { type: 'integer', shape, data: Float64Array.from(data, Math.trunc) }
}
