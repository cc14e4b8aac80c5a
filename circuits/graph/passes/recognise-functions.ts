import {
  type FloatTensor,
  type Graph,
  type GraphNode,
  nodeInputs,
  type ScalarFunction,
} from '#circuits/graph/graph.js'
import { applyFunction } from '#circuits/graph/kernels/elementwise.js'
import { countReaders, withNodes } from '#circuits/graph/passes/rebuild.js'
import { removeDeadNodes } from '#circuits/graph/passes/remove-dead-nodes.js'

/** A value as a function of each element of another, by samples: functions nest too deep for anything else. */
interface Expression {
  readonly root: string
  /** The function at each of {@link points}. */
  readonly samples: Float64Array
  /** Nodes on the longest way from the root, and those of them that cost constraints. */
  readonly depth: number
  readonly costly: number
}

/** What exporters spell out; a table for the whole costs less than the parts. */
const known: readonly ScalarFunction[] = [
  { name: 'gelu', parameters: [] },
  { name: 'geluTanh', parameters: [] },
  { name: 'swish', parameters: [1] },
  { name: 'swish', parameters: [1.702] },
  { name: 'hardSwish', parameters: [] },
  { name: 'mish', parameters: [] },
  { name: 'softplus', parameters: [] },
  { name: 'softsign', parameters: [] },
  { name: 'sigmoid', parameters: [] },
  { name: 'tanh', parameters: [] },
]

/** The longest pattern, GELU by tanh, has nine nodes. */
const longest = 12

/** Where functions are compared: densely where they bend, and as far as e^x stays finite, so that no clip hides. */
const points = samplePoints()
const knownSamples = known.map((each) => points.map((x) => applyFunction(each, x)))
/** Constants of a pattern are float32. */
const tolerance = 1e-6

/**
 * Replaces activations that exporters spell out in arithmetic (x·σ(x), GELU with erf or tanh, Mish, HardSwish, …) by
 * one elementwise node. They are known by their values, whatever the order of their nodes.
 */
export function recogniseFunctions(graph: Graph): Graph {
  const expressions = new Map<string, readonly Expression[]>()
  const expressionsOf = (name: string): readonly Expression[] => [
    ...(expressions.get(name) ?? []),
    { root: name, samples: points, depth: 0, costly: 0 },
  ]
  const readers = new Map(countReaders(graph))
  const nodes = graph.nodes.map((node) => {
    const names = nodeInputs(node)
    const found = follow(node, names.map(expressionsOf))
    // Samples of a value are dropped with its last reader: hostile graphs are long.
    for (const name of names) {
      const left = readers.get(name)! - 1
      readers.set(name, left)
      if (left === 0) expressions.delete(name)
    }
    if (found.length > 0) expressions.set(node.output, found)
    for (const { root, samples, costly } of found) {
      const match = costly < 2 ? -1 : knownSamples.findIndex((each) => agree(samples, each))
      if (match >= 0) return elementwise(node, root, known[match]!)
    }
    return node
  })
  return removeDeadNodes(withNodes(graph, nodes))
}

function elementwise({ name, operator, output }: GraphNode, input: string, each: ScalarFunction): GraphNode {
  return { name, operator, output, kind: 'elementwise', input, functions: [each] }
}

/** What a node makes, as functions of the roots that all its inputs are functions of. */
function follow(node: GraphNode, inputs: readonly (readonly Expression[])[]): readonly Expression[] {
  const apply = functionOf(node)
  if (apply === null) return []
  const [first, ...others] = inputs as [readonly Expression[], ...(readonly Expression[])[]]
  const cost = node.kind === 'affine' || node.kind === 'add' || node.kind.endsWith('Constant') ? 0 : 1
  return first.flatMap((left) => {
    const right = others.length === 0 ? left : others[0]!.find(({ root }) => root === left.root)
    const depth = Math.max(left.depth, right?.depth ?? 0) + 1
    if (right === undefined || depth > longest) return []
    const samples = left.samples.map((value, index) => apply(value, right.samples[index]!))
    return [{ root: left.root, samples, depth, costly: Math.max(left.costly, right.costly) + cost }]
  })
}

/** A node as a function of one element of each input, null where it is none, or not the same for all elements. */
function functionOf(node: GraphNode): ((left: number, right: number) => number) | null {
  if (node.kind === 'add') return (left, right) => left + right
  if (node.kind === 'multiply') return (left, right) => left * right
  if (node.kind === 'relu') return (x) => Math.max(x, 0)
  if (node.kind === 'clip') {
    const [low, high] = [node.low ?? Number.NEGATIVE_INFINITY, node.high ?? Number.POSITIVE_INFINITY]
    return (x) => Math.min(Math.max(x, low), high)
  }
  if (node.kind === 'elementwise') {
    const [each] = node.functions as [ScalarFunction]
    return node.functions.length === 1 ? (x) => applyFunction(each, x) : null
  }
  if (node.kind === 'affine') return line(uniform(node.scale), uniform(node.offset))
  if (node.kind === 'multiplyConstant') return line(uniform(node.constant), 0)
  return node.kind === 'addConstant' ? line(1, uniform(node.constant)) : null
}

function line(factor: number | null, offset: number | null): ((x: number) => number) | null {
  return factor === null || offset === null ? null : (x) => factor * x + offset
}

function uniform({ data }: FloatTensor): number | null {
  return data.every((value) => value === data[0]) ? data[0]! : null
}

function agree(samples: Float64Array, expected: Float64Array): boolean {
  return samples.every((value, index) => {
    const wanted = expected[index]!
    return Math.abs(value - wanted) <= tolerance * Math.max(1, Math.abs(wanted))
  })
}

function samplePoints(): Float64Array {
  const near = Array.from({ length: 41 }, (_, index) => (index - 20) * 0.4)
  const far = Array.from({ length: 30 }, (_, index) => 1e-3 * 6e5 ** (index / 29))
  return Float64Array.from([...near, ...far, ...far.map((x) => -x)])
}
