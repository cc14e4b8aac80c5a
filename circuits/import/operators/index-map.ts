/** Index maps: which elements of a value or constant go where. They cost nothing. */
import { type Shape, sizeOf } from '#circuits/graph/graph.js'
import { selectConstant } from '#circuits/import/constant.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { addStep } from '#circuits/import/operators/steps.js'

/** For each axis and each place along it, the place along the same axis of the source, or -1 for the fill value. */
export type AxisMap = readonly ArrayLike<number>[]

/**
 * A value whose element [i, j, …] is the source's [map[0][i], map[1][j], …], or `fill` where any of these is -1;
 * `map` has one list for each axis. Throws `MODEL_TOO_LARGE` before it makes a map beyond the limit.
 */
export function mapAxes(call: OperatorCall, name: string, map: AxisMap, fill = 0): string {
  const from = call.builder.shapeOf(name)
  const shape: Shape = map.map((places) => places.length)
  // What keeps everything has been looked through all the same.
  call.builder.claimElements(shape.reduce((sum, length) => sum + length, 0))
  if (map.every((places, axis) => places.length === from[axis] && keepsOrder(places))) return name
  // The map stays in memory: it counts like a constant.
  call.builder.claimElements(sizeOf(shape))
  return gatherStep(call, name, placeIndices(from, map, sizeOf(shape)), shape, fill)
}

/** Takes places along some axes, as {@link mapAxes} does; the other axes stay whole. */
export function selectStep(
  call: OperatorCall,
  name: string,
  places: ReadonlyMap<number, ArrayLike<number>>,
  fill = 0,
): string {
  const shape = call.builder.shapeOf(name)
  const map = shape.map((length, axis) => places.get(axis) ?? everyPlace(length))
  return mapAxes(call, name, map, fill)
}

/** The elements at `indices` in `shape`; -1 stands for `fill`. A constant stays one, of its type. */
export function gatherStep(
  call: OperatorCall,
  name: string,
  indices: Int32Array,
  shape: Shape,
  fill = 0,
): string {
  const constant = call.builder.constant(name)
  if (constant === null) return addStep(call, { kind: 'gather', input: name, shape, indices, fill })
  const output = call.innerValue('gather')
  call.builder.addConstant(output, selectConstant(constant, indices, shape, fill))
  return output
}

/** Whether each place is its own; a loop, since there may be millions. */
function keepsOrder(places: ArrayLike<number>): boolean {
  for (let index = 0; index < places.length; index++) {
    if (places[index] !== index) return false
  }
  return true
}

/** The places 0 … length − 1. */
export function everyPlace(length: number): number[] {
  return Array.from({ length }, (_, place) => place)
}

/** Axis by axis from the front, in place: each index becomes a run of them, the last index first. */
function placeIndices(from: Shape, map: AxisMap, size: number): Int32Array {
  const indices = new Int32Array(size)
  let count = 1
  for (const [axis, places] of map.entries()) {
    const run = places.length
    for (let at = count - 1; at >= 0; at--) {
      const start = indices[at]!
      for (let step = run - 1; step >= 0; step--) {
        const place = places[step]!
        indices[at * run + step] = start < 0 || place < 0 ? -1 : start * from[axis]! + place
      }
    }
    count *= run
  }
  return indices
}
