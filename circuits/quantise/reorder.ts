import type { Graph, GraphNode } from '#circuits/graph/graph.js'
import { countReaders } from '#circuits/graph/passes/rebuild.js'
import { verifyGraph } from '#circuits/graph/verify.js'

/**
 * Moves a Relu below the MaxPool that alone reads it. The result is the same, since both are monotone, and the
 * sign of one maximum is cheaper to prove than the signs of all its candidates.
 */
export function sinkReluBelowMaxPool(graph: Graph): Graph {
  const readers = countReaders(graph)
  const shapes = new Map(graph.shapes)
  const nodes = [...graph.nodes]
  for (let at = 0; at < nodes.length; at++) {
    const pool = nodes[at]!
    if (pool.kind !== 'maxPool') continue
    const reluAt = nodes.findIndex((node) => node.output === pool.input)
    const relu = nodes[reluAt]
    if (relu?.kind !== 'relu' || readers.get(relu.output) !== 1) continue
    const pooled: GraphNode = { ...pool, input: relu.input, output: relu.output }
    const activated: GraphNode = { ...relu, input: relu.output, output: pool.output }
    shapes.set(relu.output, shapes.get(pool.output)!)
    nodes.splice(at, 1, pooled, activated)
    nodes.splice(reluAt, 1)
    at--
  }
  const result: Graph = { ...graph, nodes, shapes }
  verifyGraph(result)
  return result
}
