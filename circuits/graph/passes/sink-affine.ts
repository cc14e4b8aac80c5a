import type { AffineNode, Graph, GraphNode, NodeKind, Shape } from '#circuits/graph/graph.js'
import { countReaders, withInputs, withNodes } from '#circuits/graph/passes/rebuild.js'

/** Kinds that only move elements, or take the largest: an increasing function of all elements may come after. */
const movable: ReadonlySet<NodeKind> = new Set<NodeKind>(['maxPool', 'reshape', 'transpose'])

/**
 * Moves the step from a rounded value to its integers behind pools and moves of elements that alone read it, where
 * the step back then meets it: models in QLinear form pool integers.
 */
export function sinkAffine(graph: Graph): Graph {
  const readers = countReaders(graph)
  const rounded = new Set<string>()
  const steps = new Map<string, AffineNode>()
  const nodes: GraphNode[] = []
  for (const node of graph.nodes) {
    if (node.kind === 'quantise') rounded.add(node.output)
    const step = movable.has(node.kind) && 'input' in node ? steps.get(node.input) : undefined
    const moved = step === undefined ? null : moveBehind(step, node, graph.shapes.get(node.output)!)
    if (step === undefined || moved === null) {
      if (isStep(node, rounded, readers)) steps.set(node.output, node)
      nodes.push(node)
      continue
    }
    // The value between takes the name of the integers that nothing reads any more.
    nodes.splice(nodes.indexOf(step), 1)
    nodes.push({ ...withInputs(node, () => step.input), output: step.output }, moved)
    rounded.add(step.output)
    if (readers.get(moved.output) === 1) steps.set(moved.output, moved)
  }
  return withNodes(graph, nodes)
}

/** An increasing affine node that treats all channels alike, of a rounded value and for one reader. */
function isStep(
  node: GraphNode,
  rounded: ReadonlySet<string>,
  readers: ReadonlyMap<string, number>,
): node is AffineNode {
  if (node.kind !== 'affine' || !rounded.has(node.input) || readers.get(node.output) !== 1) return false
  const [factor, offset] = [node.scale.data[0]!, node.offset.data[0]!]
  const isUniform =
    node.scale.data.every((value) => value === factor) && node.offset.data.every((value) => value === offset)
  return isUniform && factor > 0
}

/** The step for a value of another shape, or null where an affine node does not fit it. */
function moveBehind(step: AffineNode, node: GraphNode, shape: Shape): AffineNode | null {
  const channels = shape[1]
  if (channels === undefined || shape[0] !== 1) return null
  const fill = (value: number) => ({ shape: [channels], data: new Float32Array(channels).fill(value) })
  return {
    ...step,
    input: step.output,
    output: node.output,
    scale: fill(step.scale.data[0]!),
    offset: fill(step.offset.data[0]!),
  }
}
