import { type ConvNode, type DenseNode, type Graph, type GraphNode, sizeOf } from '#circuits/graph/graph.js'
import { foldIntoProducer } from '#circuits/graph/passes/fold-into-producer.js'

/**
 * Merges two linear layers with nothing between them into one: dense after dense, and a 1×1 convolution after any.
 * What lies between needs no rescale then, and no rounding.
 * @param growth how many times the weights of both the merged ones may be
 */
export function mergeLinear(graph: Graph, growth = 1): Graph {
  const merged = foldIntoProducer(graph, 'dense', (before, node) =>
    before.kind === 'dense' ? mergeDense(before, node, growth) : null,
  )
  return foldIntoProducer(merged, 'conv', (before, node) =>
    before.kind === 'conv' ? mergeConv(before, node, growth) : null,
  )
}

/** Beyond these magnitudes float32 overflows or loses digits. */
const [leastWeight, largestWeight] = [2 ** -100, 2 ** 120]

/**
 * Rows of `second` times the matrix whose rows are the output channels of `first`, or null where float32 does not
 * hold them.
 */
function product(first: ConvNode | DenseNode, second: ConvNode | DenseNode) {
  const [outputs, middle] = second.weight.shape as readonly [number, number]
  const length = first.weight.data.length / middle
  const data = new Float32Array(outputs * length)
  const bias = new Float32Array(outputs)
  const row = new Float64Array(length)
  for (let o = 0; o < outputs; o++) {
    row.fill(0)
    let sum = second.bias?.data[o] ?? 0
    for (let m = 0; m < middle; m++) {
      const factor = second.weight.data[o * middle + m]!
      sum += factor * (first.bias?.data[m] ?? 0)
      for (let k = 0; k < length; k++) row[k]! += factor * first.weight.data[m * length + k]!
    }
    data.set(row, o * length)
    bias[o] = sum
  }
  const largest = [data, bias].map((values) =>
    values.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
  )
  const isHeld = largest[0]! > leastWeight && largest.every((value) => value < largestWeight)
  return isHeld ? { weight: data, bias: { shape: [outputs], data: bias } } : null
}

function isSmallEnough(first: GraphNode, second: GraphNode, merged: number, growth: number): boolean {
  const weights = (node: GraphNode) => ('weight' in node ? node.weight.data.length : 0)
  return merged <= growth * (weights(first) + weights(second))
}

function mergeDense(first: DenseNode, second: DenseNode, growth: number): DenseNode | null {
  const shape = [second.weight.shape[0]!, first.weight.shape[1]!]
  if (!isSmallEnough(first, second, sizeOf(shape), growth)) return null
  const merged = product(first, second)
  if (merged === null) return null
  return { ...second, input: first.input, weight: { shape, data: merged.weight }, bias: merged.bias }
}

/** A 1×1 convolution adds up channels of one position, so that padding stays before the first. */
function mergeConv(first: ConvNode, second: ConvNode, growth: number): ConvNode | null {
  const { kernel, strides, pads } = second.window
  const isPointwise =
    [...kernel, ...strides].every((length) => length === 1) && pads.every((pad) => pad === 0)
  if (!isPointwise || second.groups !== 1) return null
  const channels = first.weight.shape[1]! * first.groups
  const shape = [second.weight.shape[0]!, channels, ...first.weight.shape.slice(2)]
  if (!isSmallEnough(first, second, sizeOf(shape), growth)) return null
  const merged = product(ungrouped(first, channels), second)
  if (merged === null) return null
  const { input, window } = first
  return { ...second, input, groups: 1, window, weight: { shape, data: merged.weight }, bias: merged.bias }
}

/** The convolution over all channels, with weights of 0 for those of other groups. */
function ungrouped(node: ConvNode, channels: number): ConvNode {
  if (node.groups === 1) return node
  const [outputs, perGroup, ...kernel] = node.weight.shape as readonly [number, number, ...number[]]
  const length = perGroup * sizeOf(kernel)
  const data = new Float32Array(outputs * channels * sizeOf(kernel))
  for (let o = 0; o < outputs; o++) {
    const group = Math.floor(o / (outputs / node.groups))
    const row = node.weight.data.subarray(o * length, (o + 1) * length)
    data.set(row, o * channels * sizeOf(kernel) + group * length)
  }
  return { ...node, groups: 1, weight: { shape: [outputs, channels, ...kernel], data } }
}
