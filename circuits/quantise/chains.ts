/** Functions one after the other become one table. */
import { type Graph, type GraphNode, nodeInputs } from '#circuits/graph/graph.js'
import { applyFunction, clamp } from '#circuits/graph/kernels/elementwise.js'
import { roundHalfToEven } from '#circuits/graph/kernels/rounding.js'
import { countReaders } from '#circuits/graph/passes/rebuild.js'
import { gridOf } from '#circuits/quantise/grids.js'
import type { Grid, RealFunction } from '#circuits/quantise/tables.js'

/** What one table computes of a value. */
export interface FunctionChain {
  /** The value that the first function reads. */
  readonly source: string
  /** One for all elements, or one per channel of axis 1. */
  readonly functions: readonly RealFunction[]
  /** Whether small results must be as exact as large ones: they are factors of what they normalise. */
  readonly relative: boolean
  /** The grid that a rounding at the end asks for. */
  readonly grid: Grid | null
}

interface Link extends FunctionChain {
  readonly values: readonly string[]
  readonly hasTable: boolean
}

const relativeFunctions: ReadonlySet<string> = new Set(['reciprocal', 'reciprocalSqrt'])

/** A node by itself, or null where it is no function of each element. */
function linkOf(node: GraphNode): Link | null {
  const common = { relative: false, grid: null, values: [node.output], hasTable: false }
  switch (node.kind) {
    case 'elementwise': {
      const functions = node.functions.map((each) => (x: number) => applyFunction(each, x))
      const relative = node.functions.some(({ name }) => relativeFunctions.has(name))
      return { ...common, source: node.input, functions, relative, hasTable: true }
    }
    case 'relu':
      return { ...common, source: node.input, functions: [(x) => Math.max(x, 0)] }
    case 'clip': {
      const [low, high] = [node.low ?? Number.NEGATIVE_INFINITY, node.high ?? Number.POSITIVE_INFINITY]
      return { ...common, source: node.input, functions: [(x) => clamp(x, low, high)] }
    }
    case 'quantise': {
      const { scale, low, high } = node
      const round = (x: number) => clamp(roundHalfToEven(x / scale), low, high) * scale
      return { ...common, source: node.input, functions: [round], grid: gridOf(node) }
    }
    default:
      return null
  }
}

/** Both one after the other, or null where a table for both would be wrong or no cheaper. */
function joined(before: Link, after: Link): Link | null {
  if (before.grid !== null || !(before.hasTable || after.hasTable)) return null
  const count = Math.max(before.functions.length, after.functions.length)
  const fits = [before, after].every(({ functions }) => functions.length === 1 || functions.length === count)
  if (!fits) return null
  const at = (link: Link, channel: number) => link.functions[link.functions.length === 1 ? 0 : channel]!
  return {
    source: before.source,
    functions: Array.from({ length: count }, (_, c) => (x: number) => at(after, c)(at(before, c)(x))),
    relative: after.hasTable ? after.relative : before.relative,
    grid: after.grid,
    values: [...before.values, ...after.values],
    hasTable: true,
  }
}

/**
 * The tables of a graph by the value that they make, and the values between their functions, which nothing else
 * reads. A Relu or Clip joins a function beside it, since alone it is cheaper than a table.
 */
export function functionChains(graph: Graph): {
  readonly chains: ReadonlyMap<string, FunctionChain>
  readonly between: ReadonlySet<string>
} {
  const readers = countReaders(graph)
  const links = new Map<string, Link>()
  for (const node of graph.nodes) {
    const own = linkOf(node)
    if (own === null) continue
    const [input] = nodeInputs(node) as readonly [string]
    const before = readers.get(input) === 1 ? links.get(input) : undefined
    const both = before === undefined ? null : joined(before, own)
    if (both !== null) links.delete(input)
    links.set(node.output, both ?? own)
  }
  const tables = Array.from(links).filter(([, { hasTable }]) => hasTable)
  return {
    chains: new Map(tables),
    between: new Set(tables.flatMap(([, { values }]) => values.slice(0, -1))),
  }
}
