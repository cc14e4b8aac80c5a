import {
  type AffineNode,
  type ConvNode,
  type DenseNode,
  type FloatTensor,
  type Shape,
  sizeOf,
} from '#circuits/graph/graph.js'
import { windowAxis } from '#circuits/graph/window.js'

/** Positions of a window along one axis whose tap `offset` falls inside `length`: [first, end). */
function positionsInside(
  offset: number,
  stride: number,
  length: number,
  positions: number,
): readonly [number, number] {
  const first = offset >= 0 ? 0 : Math.ceil(-offset / stride)
  const end = Math.min(positions, Math.floor((length - 1 - offset) / stride) + 1)
  return [first, end]
}

/** 2-D convolution of one image; sums are kept in float64, so that their order does not show in the result. */
export function convolve(node: ConvNode, input: FloatTensor, shape: Shape): Float32Array {
  const [, channels, height, width] = input.shape as readonly [number, number, number, number]
  const [, outputs, rows, columns] = shape as readonly [number, number, number, number]
  const { data: weights } = node.weight
  const { data: source } = input
  const [vertical, horizontal] = [windowAxis(node.window, 0), windowAxis(node.window, 1)]
  const [outputsPerGroup, channelsPerGroup] = [outputs / node.groups, channels / node.groups]
  const plane = rows * columns
  const sums = new Float64Array(plane)
  const result = new Float32Array(outputs * plane)
  let weightIndex = 0
  for (let output = 0; output < outputs; output++) {
    sums.fill(node.bias?.data[output] ?? 0)
    const firstChannel = Math.floor(output / outputsPerGroup) * channelsPerGroup
    for (let channel = firstChannel; channel < firstChannel + channelsPerGroup; channel++) {
      for (let tapY = 0; tapY < vertical.kernel; tapY++) {
        const offsetY = tapY * vertical.dilation - vertical.padBefore
        const [firstRow, endRow] = positionsInside(offsetY, vertical.stride, height, rows)
        for (let tapX = 0; tapX < horizontal.kernel; tapX++) {
          const weight = weights[weightIndex++]!
          if (weight === 0) continue
          const offsetX = tapX * horizontal.dilation - horizontal.padBefore
          const [firstColumn, endColumn] = positionsInside(offsetX, horizontal.stride, width, columns)
          for (let row = firstRow; row < endRow; row++) {
            const line = (channel * height + row * vertical.stride + offsetY) * width + offsetX
            for (let column = firstColumn; column < endColumn; column++) {
              sums[row * columns + column]! += weight * source[line + column * horizontal.stride]!
            }
          }
        }
      }
    }
    result.set(sums, output * plane)
  }
  return result
}

/** y = x·Wᵀ + b for every row of the input's last axis. */
export function multiplyDense(node: DenseNode, input: FloatTensor, size: number): Float32Array {
  const [outputs, columns] = node.weight.shape as readonly [number, number]
  const { data: weights } = node.weight
  const { data: source } = input
  const result = new Float32Array(size)
  for (let index = 0, row = 0; index < size; row += columns) {
    for (let output = 0; output < outputs; output++, index++) {
      const line = output * columns
      let sum = node.bias?.data[output] ?? 0
      for (let column = 0; column < columns; column++) {
        sum += weights[line + column]! * source[row + column]!
      }
      result[index] = sum
    }
  }
  return result
}

/** y[c] = scale[c]·x[c] + offset[c] along axis 1 of an input with a batch of one. */
export function applyAffine(node: AffineNode, input: FloatTensor): Float32Array {
  const channels = node.scale.data.length
  const plane = input.data.length / channels
  return input.data.map((value, index) => {
    const channel = Math.floor(index / plane)
    return node.scale.data[channel]! * value + node.offset.data[channel]!
  })
}

/** Products of matrices [..., M, K] and [..., K, N], accumulated in double precision. */
export function multiplyMatrices(left: FloatTensor, right: FloatTensor, shape: Shape): Float32Array {
  const [rows, depth] = left.shape.slice(-2) as [number, number]
  const columns = right.shape.at(-1)!
  const result = new Float32Array(sizeOf(shape))
  for (let at = 0; at < result.length; at++) {
    const column = at % columns
    const row = Math.floor(at / columns)
    const matrix = Math.floor(row / rows)
    let sum = 0
    for (let k = 0; k < depth; k++) {
      sum += left.data[row * depth + k]! * right.data[(matrix * depth + k) * columns + column]!
    }
    result[at] = sum
  }
  return result
}
