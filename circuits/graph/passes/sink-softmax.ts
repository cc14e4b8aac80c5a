import { type Graph, type GraphNode, type Shape, type SoftmaxNode, sizeOf } from '#circuits/graph/graph.js'
import { countReaders, withNodes } from '#circuits/graph/passes/rebuild.js'

/**
 * Moves a softmax behind the reshape that alone reads it, where the axes it runs over stay axes of their own:
 * then it can stand last.
 */
export function sinkSoftmax(graph: Graph): Graph {
  const readers = countReaders(graph)
  const nodes: GraphNode[] = []
  const places = new Map<string, number>()
  for (const node of graph.nodes) {
    const place =
      node.kind === 'reshape' && readers.get(node.input) === 1 ? places.get(node.input) : undefined
    const softmax = place === undefined ? null : (nodes[place] as SoftmaxNode)
    const from = softmax === null ? null : graph.shapes.get(softmax.input)!
    const moved =
      softmax === null || from === null || node.kind !== 'reshape'
        ? null
        : moveAxes(softmax, from, node.shape)
    if (place === undefined || softmax === null || moved === null) {
      if (node.kind === 'softmax') places.set(node.output, nodes.length)
      nodes.push(node)
      continue
    }
    nodes[place] = { ...node, input: softmax.input, output: softmax.output } as GraphNode
    places.set(node.output, nodes.length)
    nodes.push({ ...softmax, ...moved, input: softmax.output, output: node.output })
  }
  return withNodes(graph, nodes)
}

/** The axes of `to` that hold what the softmax's axes hold of `from`, or null. */
function moveAxes(
  softmax: SoftmaxNode,
  from: Shape,
  to: Shape,
): { readonly axis: number; readonly axisEnd: number } | null {
  const outer = sizeOf(from.slice(0, softmax.axis))
  const length = sizeOf(from.slice(softmax.axis, softmax.axisEnd))
  for (let axis = 0; axis < to.length; axis++) {
    if (sizeOf(to.slice(0, axis)) !== outer) continue
    for (let axisEnd = axis + 1; axisEnd <= to.length; axisEnd++) {
      if (sizeOf(to.slice(axis, axisEnd)) === length) return { axis, axisEnd }
    }
  }
  return null
}
