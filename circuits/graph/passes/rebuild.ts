import { freezeGraph } from '#circuits/graph/freeze.js'
import { type Graph, type GraphNode, nodeInputs, type Shape } from '#circuits/graph/graph.js'
import { inferShape } from '#circuits/graph/shapes.js'

/** The graph with other nodes, shapes inferred anew. */
export function withNodes(graph: Graph, nodes: readonly GraphNode[]): Graph {
  const shapes = new Map<string, Shape>(graph.inputs.map(({ name, shape }) => [name, shape]))
  for (const node of nodes) {
    const inputs = nodeInputs(node).map((name) => shapes.get(name)!)
    shapes.set(node.output, Object.freeze([...inferShape(node, inputs)]))
  }
  return freezeGraph({ ...graph, nodes, shapes })
}

/** The node with other inputs, by name. */
export function withInputs(node: GraphNode, rename: (name: string) => string): GraphNode {
  if (!('inputs' in node)) return { ...node, input: rename(node.input) }
  return { ...node, inputs: node.inputs.map(rename) } as GraphNode
}

/** How often each value is read, by nodes or as an output of the graph. */
export function countReaders(graph: Graph): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  const read = [...graph.nodes.flatMap(nodeInputs), ...graph.outputs.map(({ name }) => name)]
  for (const name of read) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}
