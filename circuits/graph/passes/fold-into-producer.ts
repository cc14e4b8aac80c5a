import { type Graph, type GraphNode, type NodeKind, nodeInputs } from '#circuits/graph/graph.js'
import { countReaders, withNodes } from '#circuits/graph/passes/rebuild.js'
import type { NodeOf } from '#circuits/graph/visit.js'

/** Kinds with one input. */
type UnaryKind = {
  [Kind in NodeKind]: NodeOf<Kind> extends { readonly input: string } ? Kind : never
}[NodeKind]

/**
 * Offers each node of a kind, with the node that makes its input, to `fold`, where nothing else reads what lies
 * between; the node that `fold` returns takes the place of both, null leaves them.
 */
export function foldIntoProducer<Kind extends UnaryKind>(
  graph: Graph,
  kind: Kind,
  fold: (producer: GraphNode, node: NodeOf<Kind>) => GraphNode | null,
): Graph {
  const readers = countReaders(graph)
  const nodes: GraphNode[] = []
  const places = new Map<string, number>()
  for (const node of graph.nodes) {
    const [input] = nodeInputs(node) as readonly [string]
    const place = node.kind === kind && readers.get(input) === 1 ? places.get(input) : undefined
    const folded = place === undefined ? null : fold(nodes[place]!, node as NodeOf<Kind>)
    const target = place === undefined || folded === null ? nodes.length : place
    nodes[target] = folded ?? node
    places.set(node.output, target)
  }
  return withNodes(graph, nodes)
}
