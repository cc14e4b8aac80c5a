import { type FloatTensor, type Shape, sizeOf } from '#circuits/graph/graph.js'

/**
 * Index map of a concatenation: for each element of the result, its position in the inputs laid one after the other.
 */
export function concatenateIndices(shapes: readonly Shape[], axis: number): Int32Array {
  const outer = sizeOf(shapes[0]!.slice(0, axis))
  const blocks = shapes.map((shape) => sizeOf(shape.slice(axis)))
  const indices = new Int32Array(outer * blocks.reduce((sum, block) => sum + block, 0))
  let at = 0
  for (let row = 0; row < outer; row++) {
    let start = 0
    for (const block of blocks) {
      for (let i = 0; i < block; i++) indices[at++] = start + row * block + i
      start += outer * block
    }
  }
  return indices
}

/** Values one after the other along an axis. */
export function concatenate(inputs: readonly FloatTensor[], axis: number, shape: Shape): Float32Array {
  const all = new Float32Array(sizeOf(shape))
  let start = 0
  for (const { data } of inputs) {
    all.set(data, start)
    start += data.length
  }
  return Float32Array.from(
    concatenateIndices(
      inputs.map((input) => input.shape),
      axis,
    ),
    (index) => all[index]!,
  )
}
