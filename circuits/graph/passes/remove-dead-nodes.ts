import { type Graph, nodeInputs } from '#circuits/graph/graph.js'
import { withNodes } from '#circuits/graph/passes/rebuild.js'

/** Removes nodes that no output depends on. */
export function removeDeadNodes(graph: Graph): Graph {
  const live = new Set(graph.outputs.map(({ name }) => name))
  for (const node of graph.nodes.toReversed()) {
    if (live.has(node.output)) for (const name of nodeInputs(node)) live.add(name)
  }
  return withNodes(
    graph,
    graph.nodes.filter(({ output }) => live.has(output)),
  )
}
