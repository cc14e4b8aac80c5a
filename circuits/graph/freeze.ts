import type { Graph, GraphNode } from '#circuits/graph/graph.js'

/** Freezes a node and all it holds, but for the elements of its tensors: JavaScript cannot freeze those. */
export function freezeNode<Node extends GraphNode>(node: Node): Node {
  return freezeDeep(node)
}

/** The graph with itself and its nodes frozen; the map of shapes stays a plain map. */
export function freezeGraph(graph: Graph): Graph {
  for (const node of graph.nodes) freezeNode(node)
  return Object.freeze({ ...graph, nodes: Object.freeze([...graph.nodes]) })
}

function freezeDeep<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  for (const part of Object.values(value)) freezeDeep(part)
  return Object.freeze(value)
}
