import { type Shape, sizeOf } from '#circuits/graph/graph.js'
import { stridesOf } from '#circuits/graph/kernels/indices.js'
import { selectConstant } from '#circuits/import/constant.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { addStep } from '#circuits/import/operators/steps.js'

/** For each axis and each place along it, the place along the same axis of the source, or -1 for the fill value. */
export type AxisMap = readonly (readonly number[])[]

/**
 * A value whose element [i, j, …] is the source's [map[0][i], map[1][j], …], or `fill` where any of these is -1;
 * `map` has one list for each axis. Throws `MODEL_TOO_LARGE` before it makes a map beyond the limit.
 */
export function mapAxes(call: OperatorCall, name: string, map: AxisMap, fill = 0): string {
  const from = call.builder.shapeOf(name)
  const strides = stridesOf(from)
  const shape: Shape = map.map((places) => places.length)
  const keeps = map.every((places, axis) => {
    return places.length === from[axis] && places.every((place, index) => place === index)
  })
  if (keeps) return name
  call.builder.claimElements(sizeOf(shape))
  let indices = Int32Array.of(0)
  for (const [axis, places] of map.entries()) {
    const longer = new Int32Array(indices.length * places.length)
    let at = 0
    for (const start of indices) {
      for (const place of places) longer[at++] = start < 0 || place < 0 ? -1 : start + place * strides[axis]!
    }
    indices = longer
  }
  return gatherStep(call, name, indices, shape, fill)
}

/** The elements at `indices` in `shape`; -1 stands for `fill`. A constant stays one, of its type where nothing is filled. */
export function gatherStep(
  call: OperatorCall,
  name: string,
  indices: Int32Array,
  shape: Shape,
  fill = 0,
): string {
  const constant = call.builder.constant(name)
  if (constant === null || indices.includes(-1)) {
    return addStep(call, { kind: 'gather', input: name, shape, indices, fill })
  }
  const output = call.innerValue('gather')
  call.builder.addConstant(output, selectConstant(constant, indices, shape))
  return output
}

/** The places 0 … length − 1. */
export function everyPlace(length: number): number[] {
  return Array.from({ length }, (_, place) => place)
}
