import { type GraphNode, type Shape, sizeOf } from '#circuits/graph/graph.js'
import { type NodeTable, visitNode } from '#circuits/graph/visit.js'

const none = (): number => 0

const parameters: NodeTable<[], number> = {
  conv: (node) => node.weight.data.length + (node.bias?.data.length ?? 0),
  dense: (node) => node.weight.data.length + (node.bias?.data.length ?? 0),
  add: none,
  addConstant: (node) => node.constant.data.length,
  multiply: none,
  multiplyConstant: (node) => node.constant.data.length,
  matMul: none,
  affine: (node) => node.scale.data.length + node.offset.data.length,
  relu: none,
  clip: none,
  elementwise: (node) => node.functions.reduce((sum, { parameters: each }) => sum + each.length, 0),
  quantise: none,
  maxPool: none,
  averagePool: none,
  reshape: none,
  transpose: none,
  pad: none,
  broadcast: none,
  gather: none,
  concat: none,
  softmax: none,
  argMax: none,
  topK: none,
  treeEnsemble: (node) => node.decisions.length + node.leaves.data.length,
}

/** Number of trained numbers that a node holds. */
export function countParameters(node: GraphNode): number {
  return visitNode(parameters, node)
}

const macs: NodeTable<[output: Shape, inputs: readonly Shape[]], number> = {
  conv: (node, output) => sizeOf(output) * sizeOf(node.weight.shape.slice(1)),
  dense: (node, output) => sizeOf(output) * node.weight.shape[1]!,
  add: none,
  addConstant: none,
  multiply: (_node, output) => sizeOf(output),
  multiplyConstant: (_node, output) => sizeOf(output),
  matMul: (_node, output, inputs) => sizeOf(output) * inputs[0]!.at(-1)!,
  affine: (_node, output) => sizeOf(output),
  relu: none,
  clip: none,
  elementwise: none,
  quantise: none,
  maxPool: none,
  averagePool: none,
  reshape: none,
  transpose: none,
  pad: none,
  broadcast: none,
  gather: none,
  concat: none,
  softmax: none,
  argMax: none,
  topK: none,
  treeEnsemble: none,
}

/** Multiply-accumulate operations of a node that makes `output` from `inputs`; padding counts. */
export function countMacs(node: GraphNode, output: Shape, inputs: readonly Shape[]): number {
  return visitNode(macs, node, output, inputs)
}

/** Each pass of a selection carries a sum that grows with the row; its analysis weighs every term so often. */
const passTerms = 8

/** Elements that a node reads or multiplies to make its output: what running it costs. */
export function countSteps(node: GraphNode, output: Shape, inputs: readonly Shape[]): number {
  if (node.kind === 'maxPool' || node.kind === 'averagePool') {
    return sizeOf(output) * sizeOf(node.window.kernel)
  }
  if (node.kind === 'topK') return sizeOf(inputs[0]!) * inputs[0]!.at(-1)! * node.count * passTerms
  return Math.max(countMacs(node, output, inputs), sizeOf(output))
}
