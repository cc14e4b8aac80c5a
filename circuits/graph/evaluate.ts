import { type FloatTensor, type GraphNode, type Shape, sizeOf } from '#circuits/graph/graph.js'
import { concatenate } from '#circuits/graph/kernels/concatenate.js'
import { applyFunctions, clamp } from '#circuits/graph/kernels/elementwise.js'
import { broadcastIndices, padIndices, transposeIndices } from '#circuits/graph/kernels/indices.js'
import { argMax, softmax, topK } from '#circuits/graph/kernels/last.js'
import { applyAffine, convolve, multiplyDense, multiplyMatrices } from '#circuits/graph/kernels/linear.js'
import { poolAverage, poolMaximum } from '#circuits/graph/kernels/pool.js'
import { roundHalfToEven } from '#circuits/graph/kernels/rounding.js'
import { sumTrees } from '#circuits/graph/kernels/trees.js'
import { type NodeTable, visitNode } from '#circuits/graph/visit.js'

type Kernel = [inputs: readonly FloatTensor[], shape: Shape]

function gather(source: Float32Array, indices: Int32Array): Float32Array {
  const result = new Float32Array(indices.length)
  for (let index = 0; index < result.length; index++) result[index] = source[indices[index]!]!
  return result
}

function multiplyArrays(left: Float32Array, right: Float32Array): Float32Array {
  return left.map((value, index) => value * right[index]!)
}

function addArrays(left: Float32Array, right: Float32Array): Float32Array {
  return left.map((value, index) => value + right[index]!)
}

const kernels: NodeTable<Kernel, Float32Array> = {
  conv: (node, inputs, shape) => convolve(node, inputs[0]!, shape),
  dense: (node, inputs, shape) => multiplyDense(node, inputs[0]!, sizeOf(shape)),
  add: (_node, inputs) => addArrays(inputs[0]!.data, inputs[1]!.data),
  addConstant: (node, inputs) => addArrays(inputs[0]!.data, node.constant.data),
  multiply: (_node, inputs) => multiplyArrays(inputs[0]!.data, inputs[1]!.data),
  multiplyConstant: (node, inputs) => multiplyArrays(inputs[0]!.data, node.constant.data),
  matMul: (_node, inputs, shape) => multiplyMatrices(inputs[0]!, inputs[1]!, shape),
  affine: (node, inputs) => applyAffine(node, inputs[0]!),
  relu: (_node, inputs) => inputs[0]!.data.map((value) => Math.max(value, 0)),
  clip: (node, inputs) => {
    const [low, high] = [node.low ?? Number.NEGATIVE_INFINITY, node.high ?? Number.POSITIVE_INFINITY]
    return inputs[0]!.data.map((value) => Math.min(Math.max(value, low), high))
  },
  elementwise: (node, inputs) => applyFunctions(node, inputs[0]!),
  quantise: (node, inputs) =>
    inputs[0]!.data.map(
      (value) => clamp(roundHalfToEven(value / node.scale), node.low, node.high) * node.scale,
    ),
  maxPool: (node, inputs, shape) => poolMaximum(node, inputs[0]!, shape),
  averagePool: (node, inputs, shape) => poolAverage(node, inputs[0]!, shape),
  reshape: (_node, inputs) => inputs[0]!.data,
  transpose: (node, inputs) => gather(inputs[0]!.data, transposeIndices(inputs[0]!.shape, node.permutation)),
  pad(node, inputs, shape) {
    const { data, shape: from } = inputs[0]!
    const places = padIndices(from, shape, node.before)
    const result = new Float32Array(sizeOf(shape)).fill(node.value)
    for (let index = 0; index < places.length; index++) result[places[index]!] = data[index]!
    return result
  },
  broadcast: (_node, inputs, shape) => gather(inputs[0]!.data, broadcastIndices(inputs[0]!.shape, shape)),
  gather: (node, inputs) => {
    const { data } = inputs[0]!
    return Float32Array.from(node.indices, (index) => (index < 0 ? node.fill : data[index]!))
  },
  concat: (node, inputs, shape) => concatenate(inputs, node.axis, shape),
  softmax: (node, inputs) => softmax(node, inputs[0]!),
  argMax: (node, inputs) => argMax(node, inputs[0]!),
  topK: (node, inputs) => topK(node, inputs[0]!),
  treeEnsemble: (node, inputs) => sumTrees(node, inputs[0]!),
}

/** Runs one node in float32: `inputs` in the order of `nodeInputs`, `shape` of the output as inferred. */
export function evaluateNode(node: GraphNode, inputs: readonly FloatTensor[], shape: Shape): FloatTensor {
  return { shape, data: visitNode(kernels, node, inputs, shape) }
}
