import type { AffineNode, ConvNode, DenseNode, Graph, GraphNode } from '#circuits/graph/graph.js'
import { foldIntoProducer } from '#circuits/graph/passes/fold-into-producer.js'

/**
 * Folds each affine node (a BatchNormalization) into the conv or dense node before it,
 * where nothing else reads what lies between.
 */
export function foldAffine(graph: Graph): Graph {
  return foldIntoProducer(graph, 'affine', (before, node) => foldInto(before, node, graph))
}

function foldInto(before: GraphNode, affine: AffineNode, graph: Graph): GraphNode | null {
  if (before.kind === 'conv') return scaleOutputs(before, affine)
  // The channels of a dense node are its last axis, those of an affine node axis 1.
  const rank = graph.shapes.get(before.output)!.length
  return before.kind === 'dense' && rank === 2 ? scaleOutputs(before, affine) : null
}

function scaleOutputs<Node extends ConvNode | DenseNode>(node: Node, affine: AffineNode): Node {
  const { scale, offset } = affine
  const perOutput = node.weight.data.length / scale.data.length
  const weight = node.weight.data.map((value, index) => value * scale.data[Math.floor(index / perOutput)]!)
  const bias = offset.data.map(
    (value, output) => value + scale.data[output]! * (node.bias?.data[output] ?? 0),
  )
  return {
    ...node,
    output: affine.output,
    weight: { shape: node.weight.shape, data: weight },
    bias: { shape: offset.shape, data: bias },
  }
}
