import { type Graph, type GraphNode, nodeInputs, sizeOf } from '#circuits/graph/graph.js'
import { roundHalfToEven } from '#circuits/graph/kernels/rounding.js'
import type { ScalarFunctionName } from '#circuits/graph/kernels/scalar-functions.js'
import { countReaders, withNodes } from '#circuits/graph/passes/rebuild.js'
import { verifyGraph } from '#circuits/graph/verify.js'
import { bitLength } from '#circuits/qmodel/qmodel.js'

/** Functions that never fall, whatever their parameters. */
const rising: ReadonlySet<ScalarFunctionName> = new Set([
  'sigmoid',
  'tanh',
  'exp',
  'erf',
  'softplus',
  'softsign',
  'sign',
  'floor',
  'ceil',
  'round',
  'truncate',
])
/** Functions that never fall where none of their parameters is negative. */
const risingWithParameters: ReadonlySet<ScalarFunctionName> = new Set([
  'leakyRelu',
  'thresholdedRelu',
  'elu',
  'selu',
  'celu',
])

/** Whether a node's function of each element keeps their order. */
function isMonotone(node: GraphNode): boolean {
  if (node.kind !== 'elementwise')
    return node.kind === 'relu' || node.kind === 'clip' || node.kind === 'quantise'
  return node.functions.every(
    ({ name, parameters }) =>
      rising.has(name) || (risingWithParameters.has(name) && parameters.every((parameter) => parameter >= 0)),
  )
}

/**
 * Moves a Relu, or another function that keeps order, below the MaxPool that alone reads it. The result is the same,
 * and the sign of one maximum is cheaper to prove than the signs of all its candidates. Functions dearer than a
 * Relu's go where at least half of the elements are gone.
 */
export function sinkBelowMaxPool(graph: Graph): Graph {
  const readers = countReaders(graph)
  const shapes = new Map(graph.shapes)
  const nodes = [...graph.nodes]
  for (let at = 0; at < nodes.length; at++) {
    const pool = nodes[at]!
    if (pool.kind !== 'maxPool') continue
    const activationAt = nodes.findIndex((node) => node.output === pool.input)
    const activation = nodes[activationAt]
    if (activation === undefined || !isMonotone(activation) || readers.get(activation.output) !== 1) continue
    const [input] = nodeInputs(activation) as readonly [string]
    const halves = 2 * sizeOf(shapes.get(pool.output)!) <= sizeOf(shapes.get(input)!)
    if (activation.kind !== 'relu' && !halves) continue
    const pooled: GraphNode = { ...pool, input, output: activation.output }
    const activated = { ...activation, input: activation.output, output: pool.output } as GraphNode
    shapes.set(activation.output, shapes.get(pool.output)!)
    nodes.splice(at, 1, pooled, activated)
    nodes.splice(activationAt, 1)
    at--
  }
  const result: Graph = { ...graph, nodes, shapes }
  verifyGraph(result)
  return result
}

/**
 * Moves a function of each element above the concatenation that it alone reads, so that each branch has a scale of
 * its own and is rescaled once.
 */
export function raiseAboveConcat(graph: Graph): Graph {
  const readers = countReaders(graph)
  const concats = new Map(
    graph.nodes.flatMap((node) => (node.kind === 'concat' ? [[node.output, node]] : [])),
  )
  const raised = graph.nodes.flatMap((node): GraphNode[] => {
    const isFunction = isMonotone(node) || (node.kind === 'elementwise' && node.functions.length === 1)
    const concat = isFunction ? concats.get(nodeInputs(node)[0]!) : undefined
    const perChannel = node.kind === 'elementwise' && node.functions.length > 1
    if (concat === undefined || perChannel || readers.get(concat.output) !== 1) return [node]
    const branches = concat.inputs.map(
      (input, i) =>
        ({ ...node, name: `${node.name}_${i}`, input, output: `${node.output}_${i}` }) as GraphNode,
    )
    const inputs = branches.map(({ output }) => output)
    return [...branches, { ...concat, inputs, output: node.output }]
  })
  const moved = raised.length === graph.nodes.length ? graph : withNodes(graph, withoutDead(graph, raised))
  verifyGraph(moved)
  return moved
}

/** A Relu or Clip that only a rounding of the model itself reads narrows its ends. */
export function foldClampIntoQuantise(graph: Graph): Graph {
  const readers = countReaders(graph)
  const makers = new Map(graph.nodes.map((node) => [node.output, node]))
  const folded = graph.nodes.map((node): GraphNode => {
    if (node.kind !== 'quantise' || readers.get(node.input) !== 1) return node
    const before = makers.get(node.input)
    if (before?.kind !== 'relu' && before?.kind !== 'clip') return node
    const [bottom, top] = before.kind === 'relu' ? [0, null] : [before.low, before.high]
    const integer = (end: number) => roundHalfToEven(end / node.scale)
    const low = bottom === null ? node.low : Math.max(node.low, integer(bottom))
    const high = top === null ? node.high : Math.min(node.high, integer(top))
    // A grid has as many levels as its bits hold, or one less: another upper end would be lost.
    const levels = high - low + 1
    const isWindow = low < high && levels >= 2 ** bitLength(high - low) - 1
    return isWindow ? { ...node, input: before.input, low: low + 0, high } : node
  })
  const result = withNodes(graph, withoutDead(graph, folded))
  verifyGraph(result)
  return result
}

function withoutDead(graph: Graph, nodes: readonly GraphNode[]): GraphNode[] {
  const read = new Set([...nodes.flatMap(nodeInputs), ...graph.outputs.map(({ name }) => name)])
  return nodes.filter(({ output }) => read.has(output))
}

/** All of these, in order. */
export function reorder(graph: Graph): Graph {
  return sinkBelowMaxPool(raiseAboveConcat(foldClampIntoQuantise(graph)))
}
