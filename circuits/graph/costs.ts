import { type GraphNode, type Shape, sizeOf } from '#circuits/graph/graph.js'
import { type NodeTable, visitNode } from '#circuits/graph/visit.js'

const none = (): number => 0

const parameters: NodeTable<[], number> = {
  conv: (node) => node.weight.data.length + (node.bias?.data.length ?? 0),
  dense: (node) => node.weight.data.length + (node.bias?.data.length ?? 0),
  add: none,
  addConstant: (node) => node.constant.data.length,
  affine: (node) => node.scale.data.length + node.offset.data.length,
  relu: none,
  maxPool: none,
  averagePool: none,
  reshape: none,
  transpose: none,
  pad: none,
  broadcast: none,
  softmax: none,
  argMax: none,
}

/** Number of trained numbers that a node holds. */
export function countParameters(node: GraphNode): number {
  return visitNode(parameters, node)
}

const macs: NodeTable<[output: Shape], number> = {
  conv: (node, output) => sizeOf(output) * sizeOf(node.weight.shape.slice(1)),
  dense: (node, output) => sizeOf(output) * node.weight.shape[1]!,
  add: none,
  addConstant: none,
  affine: (_node, output) => sizeOf(output),
  relu: none,
  maxPool: none,
  averagePool: none,
  reshape: none,
  transpose: none,
  pad: none,
  broadcast: none,
  softmax: none,
  argMax: none,
}

/** Multiply-accumulate operations of a node whose output has the shape `output`; padding counts. */
export function countMacs(node: GraphNode, output: Shape): number {
  return visitNode(macs, node, output)
}

/** Elements that a node reads or multiplies to make its output: what running it costs. */
export function countSteps(node: GraphNode, output: Shape): number {
  if (node.kind === 'maxPool' || node.kind === 'averagePool') {
    return sizeOf(output) * sizeOf(node.window.kernel)
  }
  return Math.max(countMacs(node, output), sizeOf(output))
}
