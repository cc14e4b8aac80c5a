import {
  type ArgMaxNode,
  type FloatTensor,
  type SoftmaxNode,
  sizeOf,
  type TopKNode,
} from '#circuits/graph/graph.js'

/** Softmax over the axes [axis, axisEnd), or its logarithm, with the maximum subtracted first. */
export function softmax(node: SoftmaxNode, input: FloatTensor): Float32Array {
  const length = sizeOf(input.shape.slice(node.axis, node.axisEnd))
  const stride = sizeOf(input.shape.slice(node.axisEnd))
  const result = new Float32Array(input.data.length)
  for (let start = 0; start < result.length; start += length * stride) {
    for (let lane = start; lane < start + stride; lane++) {
      let maximum = Number.NEGATIVE_INFINITY
      for (let step = 0; step < length; step++) maximum = Math.max(maximum, input.data[lane + step * stride]!)
      let sum = 0
      for (let step = 0; step < length; step++) sum += Math.exp(input.data[lane + step * stride]! - maximum)
      for (let step = 0; step < length; step++) {
        const difference = input.data[lane + step * stride]! - maximum
        result[lane + step * stride] =
          node.logarithm === true ? difference - Math.log(sum) : Math.exp(difference) / sum
      }
    }
  }
  return result
}

/** Index of the largest element along the node's axis. */
export function argMax(node: ArgMaxNode, input: FloatTensor): Float32Array {
  const length = input.shape[node.axis]!
  const stride = sizeOf(input.shape.slice(node.axis + 1))
  const result = new Float32Array(input.data.length / length)
  for (let index = 0; index < result.length; index++) {
    const lane = Math.floor(index / stride) * length * stride + (index % stride)
    let best = 0
    for (let step = 1; step < length; step++) {
      const [value, largest] = [input.data[lane + step * stride]!, input.data[lane + best * stride]!]
      if (value > largest || (node.selectLast && value === largest)) best = step
    }
    result[index] = best
  }
  return result
}

/** The largest elements of each row of the last axis, or their indices, in descending order. */
export function topK(node: TopKNode, input: FloatTensor): Float32Array {
  const length = input.shape.at(-1)!
  const rows = input.data.length / length
  const result = new Float32Array(rows * node.count)
  for (let row = 0; row < rows; row++) {
    const data = input.data.subarray(row * length, (row + 1) * length)
    const order = Array.from(data.keys()).sort((a, b) => data[b]! - data[a]! || a - b)
    for (let place = 0; place < node.count; place++) {
      const index = order[place]!
      result[row * node.count + place] = node.part === 'values' ? data[index]! : index
    }
  }
  return result
}
