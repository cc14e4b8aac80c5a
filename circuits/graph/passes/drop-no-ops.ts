import { type Graph, type GraphNode, nodeInputs, type Shape } from '#circuits/graph/graph.js'
import { withInputs, withNodes } from '#circuits/graph/passes/rebuild.js'
import { sameShape } from '#circuits/graph/shapes.js'

/** Whether a node's output is its input: same elements, same shape. */
export function isNoOp(node: GraphNode, shapes: ReadonlyMap<string, Shape>): boolean {
  if (node.kind === 'pad') return [...node.before, ...node.after].every((count) => count === 0)
  if (node.kind === 'transpose') return node.permutation.every((axis, index) => axis === index)
  if (node.kind !== 'reshape' && node.kind !== 'broadcast') return false
  return sameShape(shapes.get(node.input)!, node.shape)
}

/**
 * Drops nodes that do nothing: Identity, Dropout, pads of zero width, reshapes to the same shape. Where such a
 * node names an output, the node before it takes the name; one between an input and an output stays.
 */
export function dropNoOps(graph: Graph): Graph {
  const names = new Map<string, string>()
  const rename = (name: string): string => {
    const next = names.get(name)
    return next === undefined ? name : rename(next)
  }
  const fixed = new Set([...graph.inputs, ...graph.outputs].map(({ name }) => name))
  const kept: GraphNode[] = []
  for (const node of graph.nodes) {
    const input = rename(nodeInputs(node)[0]!)
    if (!isNoOp(node, graph.shapes)) kept.push(node)
    else if (!fixed.has(node.output)) names.set(node.output, input)
    else if (fixed.has(input)) kept.push(node)
    else names.set(input, node.output)
  }
  return withNodes(
    graph,
    kept.map((node) => ({ ...withInputs(node, rename), output: rename(node.output) })),
  )
}
