import type { GraphNode, NodeKind } from '#circuits/graph/graph.js'

/** The node type of a kind. */
export type NodeOf<Kind extends NodeKind> = Extract<GraphNode, { readonly kind: Kind }>

/** One function for every kind of node: a forgotten kind does not compile. */
export type NodeTable<Arguments extends readonly unknown[], Result> = {
  readonly [Kind in NodeKind]: (node: NodeOf<Kind>, ...rest: Arguments) => Result
}

/** Calls the function that `table` has for the node's kind. */
export function visitNode<Arguments extends readonly unknown[], Result>(
  table: NodeTable<Arguments, Result>,
  node: GraphNode,
  ...rest: Arguments
): Result {
  const visit = table[node.kind] as (node: GraphNode, ...rest: Arguments) => Result
  return visit(node, ...rest)
}
