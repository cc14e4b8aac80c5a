import { type Shape, sizeOf } from '#circuits/graph/graph.js'
import { stridesOf } from '#circuits/graph/kernels/indices.js'
import { formatShape } from '#circuits/graph/shapes.js'
import type { Constant } from '#circuits/import/constant.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { gatherStep, selectStep } from '#circuits/import/operators/index-map.js'
import { finish, reshapeStep } from '#circuits/import/operators/steps.js'

/** Gather along an axis by constant indices of any shape. */
export function readGather(call: OperatorCall): void {
  const shape = call.inputShape(0)
  const indices = call.constantInput(1, 'indices')
  const axis = call.axis(call.attributes.int('axis', 0), shape.length)
  const taken = placesWithin(call, indices, shape[axis]!)
  const picked = selectStep(call, call.input(0), new Map([[axis, taken]]))
  finish(
    call,
    reshapeStep(call, picked, [...shape.slice(0, axis), ...indices.shape, ...shape.slice(axis + 1)]),
  )
}

/** GatherElements: each index replaces the place along an axis. */
export function readGatherElements(call: OperatorCall): void {
  const from = call.inputShape(0)
  const indices = call.constantInput(1, 'indices')
  const axis = call.axis(call.attributes.int('axis', 0), from.length)
  const { shape } = indices
  const fits =
    shape.length === from.length && shape.every((length, each) => each === axis || length <= from[each]!)
  if (!fits) call.refuse(`has indices ${formatShape(shape)} for an input ${formatShape(from)}`)
  const [strides, own] = [stridesOf(from), stridesOf(shape)]
  const taken = placesWithin(call, indices, from[axis]!)
  call.builder.claimElements(taken.length)
  const picked = taken.map((place, at) =>
    shape.reduce(
      (sum, length, each) =>
        sum + strides[each]! * (each === axis ? place : Math.floor(at / own[each]!) % length),
      0,
    ),
  )
  finish(call, gatherStep(call, call.input(0), picked, shape))
}

/** GatherND: each row of indices leads to an element or a slice. */
export function readGatherNd(call: OperatorCall): void {
  const from = call.inputShape(0)
  const indices = call.constantInput(1, 'indices')
  if (call.opset >= 12 && call.attributes.int('batch_dims', 0) !== 0) call.unsupported('has batch_dims')
  const depth = indices.shape.at(-1) ?? 0
  if (depth < 1 || depth > from.length) {
    call.refuse(`has indices ${formatShape(indices.shape)} for an input ${formatShape(from)}`)
  }
  const inner = from.slice(depth)
  const run = sizeOf(inner)
  const shape: Shape = [...indices.shape.slice(0, -1), ...inner]
  call.builder.claimElements(sizeOf(shape))
  const strides = stridesOf(from)
  const columns = Array.from({ length: depth }, (_, axis) =>
    placesWithin(call, indices, from[axis]!, axis, depth),
  )
  const picked = Int32Array.from({ length: sizeOf(shape) }, (_, at) => {
    const row = Math.floor(at / run)
    return columns.reduce((sum, column, axis) => sum + column[row]! * strides[axis]!, at % run)
  })
  finish(call, gatherStep(call, call.input(0), picked, shape))
}

/** Every `step`th index from `first`, counted from the front of an axis. Throws `INVALID_ONNX` outside of it. */
function placesWithin(
  call: OperatorCall,
  indices: Constant,
  length: number,
  first = 0,
  step = 1,
): Int32Array {
  if (indices.type !== 'integer') call.refuse('has indices that are no integers')
  const result = new Int32Array(Math.ceil((indices.data.length - first) / step))
  for (let at = 0; at < result.length; at++) {
    const index = indices.data[first + at * step]!
    const place = index < 0 ? index + length : index
    if (!(Number.isInteger(place) && place >= 0 && place < length)) {
      call.refuse(`gathers outside of an axis of ${length} elements`)
    }
    result[at] = place
  }
  return result
}
