/** Index maps: for each element of the result, the flat index of its source, or -1 for a fill value. */
import { type Shape, sizeOf } from '#circuits/graph/graph.js'

/** Row-major strides of a shape. */
function stridesOf(shape: Shape): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)))
}

/** Calls `source` with the coordinates of each element of `shape`. */
function mapCoordinates(shape: Shape, source: (coordinates: readonly number[]) => number): Int32Array {
  const strides = stridesOf(shape)
  return Int32Array.from({ length: sizeOf(shape) }, (_, i) =>
    source(shape.map((length, axis) => Math.floor(i / strides[axis]!) % length)),
  )
}

export function sameIndices(shape: Shape): Int32Array {
  return Int32Array.from({ length: sizeOf(shape) }, (_, i) => i)
}

export function transposeIndices(input: Shape, permutation: readonly number[]): Int32Array {
  const strides = stridesOf(input)
  const output = permutation.map((axis) => input[axis]!)
  return mapCoordinates(output, (at) =>
    at.reduce((sum, k, axis) => sum + k * strides[permutation[axis]!]!, 0),
  )
}

/** Expansion of axes of length 1, shapes aligned at their last axes. */
export function broadcastIndices(input: Shape, output: Shape): Int32Array {
  const strides = stridesOf(input)
  const missing = output.length - input.length
  return mapCoordinates(output, (at) =>
    input.reduce((sum, length, axis) => sum + (length === 1 ? 0 : at[axis + missing]! * strides[axis]!), 0),
  )
}

export function padIndices(input: Shape, before: readonly number[], output: Shape): Int32Array {
  const strides = stridesOf(input)
  return mapCoordinates(output, (at) => {
    let index = 0
    for (let axis = 0; axis < input.length; axis++) {
      const k = at[axis]! - before[axis]!
      if (k < 0 || k >= input[axis]!) return -1
      index += k * strides[axis]!
    }
    return index
  })
}
