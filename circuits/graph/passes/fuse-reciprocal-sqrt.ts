import type { ElementwiseNode, Graph, GraphNode, ScalarFunction } from '#circuits/graph/graph.js'
import { foldIntoProducer } from '#circuits/graph/passes/fold-into-producer.js'

const reciprocalSqrt: ScalarFunction = { name: 'reciprocalSqrt', parameters: [] }

/** Makes a square root and the reciprocal that alone reads it one function: a normalisation's 1/√variance. */
export function fuseReciprocalSqrt(graph: Graph): Graph {
  return foldIntoProducer(graph, 'elementwise', fuse)
}

function fuse(before: GraphNode, node: ElementwiseNode): GraphNode | null {
  if (before.kind !== 'elementwise') return null
  const isPair =
    before.functions.every(({ name }) => name === 'sqrt') &&
    node.functions.every(({ name }) => name === 'reciprocal')
  return isPair ? { ...node, input: before.input, functions: [reciprocalSqrt] } : null
}
