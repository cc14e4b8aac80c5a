import { type GraphNode, nodeInputs } from '#circuits/graph/graph.js'
import { isNoOp } from '#circuits/graph/passes/drop-no-ops.js'
import type { UnsupportedNode } from '#circuits/import/unsupported.js'

/** Softmax and ArgMax nodes whose output is computed with further, other than by nodes that do nothing. */
export function findNotLast(
  nodes: readonly GraphNode[],
  shapes: ReadonlyMap<string, readonly number[]>,
  opset: number,
): readonly UnsupportedNode[] {
  const last = new Map<string, GraphNode>()
  const found = new Map<GraphNode, UnsupportedNode>()
  for (const node of nodes) {
    for (const name of nodeInputs(node)) {
      const source = last.get(name)
      if (source === undefined) continue
      if (isNoOp(node, shapes)) last.set(node.output, source)
      else {
        const reason = `is supported as the last node only, but ${node.operator} "${node.name}" reads it`
        found.set(source, { node: source.name, operator: source.operator, domain: '', opset, reason })
      }
    }
    if (node.kind === 'softmax' || node.kind === 'argMax') last.set(node.output, node)
  }
  return [...found.values()]
}
