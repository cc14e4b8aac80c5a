import { type Shape, sizeOf } from '#circuits/graph/graph.js'

/** Row-major strides of a shape, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides: number[] = new Array(shape.length).fill(1)
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!
  return strides
}

/**
 * For each element of `shape` in row-major order the offset `Σ index[axis]·strides[axis]`:
 * the index map of transpose, broadcast and pad.
 */
export function stridedIndices(shape: Shape, strides: readonly number[]): Int32Array {
  const indices = new Int32Array(sizeOf(shape))
  const counter = new Int32Array(shape.length)
  let offset = 0
  for (let element = 0; element < indices.length; element++) {
    indices[element] = offset
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      counter[axis]! += 1
      offset += strides[axis]!
      if (counter[axis]! < shape[axis]!) break
      offset -= strides[axis]! * shape[axis]!
      counter[axis] = 0
    }
  }
  return indices
}

/** Source index of each element of a transposed tensor; `permutation[i]` is the source axis of axis i. */
export function transposeIndices(shape: Shape, permutation: readonly number[]): Int32Array {
  const strides = stridesOf(shape)
  return stridedIndices(
    permutation.map((axis) => shape[axis]!),
    permutation.map((axis) => strides[axis]!),
  )
}

/** Source index of each element after NumPy broadcasting of `shape` to `target`. */
export function broadcastIndices(shape: Shape, target: Shape): Int32Array {
  const missing = target.length - shape.length
  const strides = stridesOf(shape)
  return stridedIndices(
    target,
    target.map((_, axis) => (axis < missing || shape[axis - missing] === 1 ? 0 : strides[axis - missing]!)),
  )
}

/** Where each element of `shape` lands in the tensor padded to `target`, `before[i]` elements into axis i. */
export function padIndices(shape: Shape, target: Shape, before: readonly number[]): Int32Array {
  const strides = stridesOf(target)
  const first = before.reduce((sum, count, axis) => sum + count * strides[axis]!, 0)
  return stridedIndices(shape, strides).map((offset) => offset + first)
}
