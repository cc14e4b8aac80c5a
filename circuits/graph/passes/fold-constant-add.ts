import {
  type AddConstantNode,
  type Graph,
  type GraphNode,
  type Shape,
  sizeOf,
} from '#circuits/graph/graph.js'
import { foldIntoProducer } from '#circuits/graph/passes/fold-into-producer.js'

/**
 * Folds each addition of a constant that is the same for all elements of an output channel into the bias of
 * the conv or dense node before it, where nothing else reads what lies between.
 */
export function foldConstantAdd(graph: Graph): Graph {
  return foldIntoProducer(graph, 'addConstant', foldInto)
}

function foldInto(before: GraphNode, addition: AddConstantNode): GraphNode | null {
  if (before.kind !== 'conv' && before.kind !== 'dense') return null
  const { shape, data } = addition.constant
  const channelAxis = before.kind === 'conv' ? 1 : shape.length - 1
  const perChannel = channelValues(data, shape, channelAxis)
  if (perChannel === null) return null
  const bias = perChannel.map((value, output) => value + (before.bias?.data[output] ?? 0))
  return { ...before, output: addition.output, bias: { shape: [bias.length], data: bias } }
}

/** One value for each index of `axis`, or null where values differ along other axes. */
function channelValues(data: Float32Array, shape: Shape, axis: number): Float32Array | null {
  const inner = sizeOf(shape.slice(axis + 1))
  const values = new Float32Array(shape[axis]!)
  for (let channel = 0; channel < values.length; channel++) values[channel] = data[channel * inner]!
  const isUniform = data.every((value, index) => value === values[Math.floor(index / inner) % values.length])
  return isUniform ? values : null
}
