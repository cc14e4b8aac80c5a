import { type Shape, sizeOf } from '#circuits/graph/graph.js'

/** An array as it stands in a data file, in row-major order: float32 where that is exact, else float64. */
export interface NumericArray {
  readonly shape: Shape
  readonly data: Float32Array | Float64Array
}

/** Whether `shape` can be read as `target`: flat, or nested alike but for axes of length 1. */
export function fitsShape(shape: Shape, target: Shape): boolean {
  if (sizeOf(shape) !== sizeOf(target)) return false
  const [given, wanted] = [shape, target].map((lengths) => lengths.filter((length) => length !== 1))
  if (given!.length <= 1 || wanted!.length <= 1) return true
  return given!.length === wanted!.length && given!.every((length, axis) => length === wanted![axis])
}
