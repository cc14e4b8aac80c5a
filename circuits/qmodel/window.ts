import type { Shape, Window } from '#circuits/graph/graph.js'

/** Visits the positions of one window that lie inside the plane: (row, column, index within the kernel). */
export function forWindow(
  window: Window,
  plane: readonly [height: number, width: number],
  row: number,
  column: number,
  visit: (inputRow: number, inputColumn: number, tap: number) => void,
): void {
  const [kernelHeight, kernelWidth] = window.kernel
  const top = row * window.strides[0] - window.pads[0]
  const left = column * window.strides[1] - window.pads[1]
  for (let i = 0; i < kernelHeight; i++) {
    const inputRow = top + i * window.dilations[0]
    if (inputRow < 0 || inputRow >= plane[0]) continue
    for (let j = 0; j < kernelWidth; j++) {
      const inputColumn = left + j * window.dilations[1]
      if (inputColumn < 0 || inputColumn >= plane[1]) continue
      visit(inputRow, inputColumn, i * kernelWidth + j)
    }
  }
}

/** [channels, height, width] of a [1, C, H, W] shape. */
export function planes(shape: Shape): readonly [channels: number, height: number, width: number] {
  return [shape[1] ?? 1, shape[2] ?? 1, shape[3] ?? 1]
}

/** Index along `axis` of the element at flat position `index`. */
export function channelOf(shape: Shape, axis: number, index: number): number {
  let stride = 1
  for (let i = axis + 1; i < shape.length; i++) stride *= shape[i]!
  return Math.floor(index / stride) % (shape[axis] ?? 1)
}

/** The one of `values`, or that of the element's channel. */
export function ofChannel<T>(values: readonly T[], shape: Shape, axis: number, index: number): T {
  return values.length === 1 ? values[0]! : values[channelOf(shape, axis, index)]!
}
