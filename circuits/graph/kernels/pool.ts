import type { AveragePoolNode, FloatTensor, MaxPoolNode, Shape, Window } from '#circuits/graph/graph.js'
import { tapsInside, windowAxis } from '#circuits/graph/window.js'

/** Reduces each window of an image: `begin` starts a window, `take` sees its elements, `end` gives the result. */
function pool(
  window: Window,
  input: FloatTensor,
  shape: Shape,
  start: number,
  take: (state: number, value: number) => number,
  end: (state: number, count: number) => number,
): Float32Array {
  const [, channels, height, width] = input.shape as readonly [number, number, number, number]
  const [, , rows, columns] = shape as readonly [number, number, number, number]
  const [vertical, horizontal] = [windowAxis(window, 0), windowAxis(window, 1)]
  const result = new Float32Array(channels * rows * columns)
  let index = 0
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < rows; row++) {
      const [firstY, lastY] = tapsInside(vertical, height, row)
      const top = row * vertical.stride - vertical.padBefore
      for (let column = 0; column < columns; column++, index++) {
        const [firstX, lastX] = tapsInside(horizontal, width, column)
        const left = column * horizontal.stride - horizontal.padBefore
        let state = start
        for (let tapY = firstY; tapY <= lastY; tapY++) {
          const line = (channel * height + top + tapY * vertical.dilation) * width + left
          for (let tapX = firstX; tapX <= lastX; tapX++) {
            state = take(state, input.data[line + tapX * horizontal.dilation]!)
          }
        }
        result[index] = end(state, (lastY - firstY + 1) * (lastX - firstX + 1))
      }
    }
  }
  return result
}

/** The largest element of each window; padding never wins. */
export function poolMaximum(node: MaxPoolNode, input: FloatTensor, shape: Shape): Float32Array {
  return pool(node.window, input, shape, Number.NEGATIVE_INFINITY, Math.max, (state) => state)
}

/** The mean of each window, over all taps where padding counts, else over those inside the image. */
export function poolAverage(node: AveragePoolNode, input: FloatTensor, shape: Shape): Float32Array {
  const taps = node.window.kernel[0] * node.window.kernel[1]
  return pool(
    node.window,
    input,
    shape,
    0,
    (state, value) => state + value,
    (state, count) => state / (node.countPadding ? taps : count),
  )
}
