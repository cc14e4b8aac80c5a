import type { FloatTensor, Graph, GraphNode, NamedShape, Shape } from '#circuits/graph/graph.js'
import { withNodes } from '#circuits/graph/passes/rebuild.js'

/** A graph node without the names that tests seldom care for. */
type Bare<Node> = Node extends GraphNode ? Omit<Node, 'name' | 'operator'> : never

/** A float tensor from plain numbers. */
export function floatTensor(shape: Shape, values: readonly number[]): FloatTensor {
  return { shape, data: Float32Array.from(values) }
}

/** A graph with the input `x` and the output `y` (or those given), shapes inferred. */
export function graphOf(
  shape: Shape,
  nodes: readonly Bare<GraphNode>[],
  outputs: readonly string[] = ['y'],
): Graph {
  const inputs: readonly NamedShape[] = [{ name: 'x', shape }]
  const named = nodes.map((node) => ({ ...node, name: node.output, operator: node.kind }) as GraphNode)
  const graph = withNodes(
    { name: 'test', opset: 13, inputs, outputs: [], nodes: [], shapes: new Map() },
    named,
  )
  return { ...graph, outputs: outputs.map((name) => ({ name, shape: graph.shapes.get(name) ?? [] })) }
}
