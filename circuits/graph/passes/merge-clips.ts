import type { ClipNode, Graph, GraphNode, ReluNode } from '#circuits/graph/graph.js'
import { clamp } from '#circuits/graph/kernels/elementwise.js'
import { foldIntoProducer } from '#circuits/graph/passes/fold-into-producer.js'

/**
 * Makes a ReLU or clip and the one that alone reads it a single clip (a ReLU where no upper end is left):
 * ReLU6 as Relu and Min, or Max and Min. One rescale then does for both.
 */
export function mergeClips(graph: Graph): Graph {
  return foldIntoProducer(foldIntoProducer(graph, 'relu', merge), 'clip', merge)
}

function merge(before: GraphNode, node: ClipNode | ReluNode): GraphNode | null {
  if (before.kind !== 'clip' && before.kind !== 'relu') return null
  const [low, high] = endsOf(node)
  const ends = endsOf(before).map((end) => clamp(end, low, high)) as [number, number]
  const [least, most] = ends.map((end) => (Number.isFinite(end) ? end : null)) as [
    number | null,
    number | null,
  ]
  const { name, operator, output } = node
  const base = { name, operator, output, input: before.input }
  if (least === 0 && most === null) return { ...base, kind: 'relu' }
  return { ...base, kind: 'clip', low: least, high: most }
}

function endsOf(node: ClipNode | ReluNode): readonly [number, number] {
  if (node.kind === 'relu') return [0, Number.POSITIVE_INFINITY]
  return [node.low ?? Number.NEGATIVE_INFINITY, node.high ?? Number.POSITIVE_INFINITY]
}
