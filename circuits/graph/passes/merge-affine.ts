import {
  type AddConstantNode,
  type AffineNode,
  type Graph,
  type GraphNode,
  type MultiplyConstantNode,
  type Shape,
  sizeOf,
} from '#circuits/graph/graph.js'
import { countReaders, withNodes } from '#circuits/graph/passes/rebuild.js'

/** y = factor·x + offset for each element; `size` bounds the addends that made the offset. */
interface Line {
  readonly factor: Float64Array
  readonly offset: Float64Array
  readonly size: Float64Array
}

type LinearNode = AffineNode | AddConstantNode | MultiplyConstantNode

/**
 * Constants are float32, so the product of two is known to about 2^-22 of its size. What differs less from the
 * identity is meant as one: a DequantizeLinear that undoes a QuantizeLinear.
 */
const precision = 2 ** -22

/**
 * Merges chains of affine, multiplyConstant and addConstant nodes into one node, an affine one where values depend
 * on the channel alone, and turns what comes to the identity into a reshape. A value that something else reads, or
 * that is an output, ends its chain. Composed in double precision.
 */
export function mergeAffine(graph: Graph): Graph {
  const readers = countReaders(graph)
  const chains = new Map<string, readonly LinearNode[]>()
  const absorbed = new Set<string>()
  for (const node of graph.nodes) {
    if (!isLinear(node)) continue
    const before = readers.get(node.input) === 1 ? chains.get(node.input) : undefined
    if (before !== undefined) absorbed.add(node.input)
    chains.set(node.output, [...(before ?? []), node])
  }
  if (chains.size === 0) return graph
  return withNodes(
    graph,
    graph.nodes.flatMap((node) => {
      if (absorbed.has(node.output)) return []
      const chain = chains.get(node.output)
      return chain === undefined ? [node] : merge(chain, graph.shapes.get(node.output)!)
    }),
  )
}

function isLinear(node: GraphNode): node is LinearNode {
  return node.kind === 'affine' || node.kind === 'multiplyConstant' || node.kind === 'addConstant'
}

function merge(chain: readonly LinearNode[], shape: Shape): readonly GraphNode[] {
  const last = chain.at(-1)!
  const { name, operator, output } = last
  const base = { name, operator, input: chain[0]!.input, output } as const
  if (chain.length === 1 && last.kind !== 'multiplyConstant') {
    return [isIdentity(last) ? { ...base, kind: 'reshape', shape } : last]
  }
  const line = chain.reduce((current, node) => follow(current, node, shape), identityLine(shape))
  const keepsSize = line.factor.every((value) => Math.abs(value - 1) <= precision)
  const keepsZero = line.offset.every((value, index) => Math.abs(value) <= precision * line.size[index]!)
  if (keepsSize && keepsZero) return [{ ...base, kind: 'reshape', shape }]
  const scale = { shape, data: Float32Array.from(line.factor) }
  const offset = { shape, data: keepsZero ? new Float32Array(sizeOf(shape)) : Float32Array.from(line.offset) }
  const channels = [perChannel(scale.data, shape), perChannel(offset.data, shape)] as const
  if (channels[0] !== null && channels[1] !== null) {
    const count = [shape[1]!]
    const affine = {
      scale: { shape: count, data: channels[0] },
      offset: { shape: count, data: channels[1] },
    }
    return [{ ...base, kind: 'affine', ...affine }]
  }
  if (keepsSize) return [{ ...base, kind: 'addConstant', constant: offset }]
  if (keepsZero) return [{ ...base, kind: 'multiplyConstant', constant: scale }]
  // The first value of the chain is read by nothing else, so its name is free for what lies between.
  const between = chain[0]!.output
  return [
    { ...base, kind: 'multiplyConstant', output: between, constant: scale },
    { ...base, kind: 'addConstant', input: between, constant: offset },
  ]
}

function isIdentity(node: AffineNode | AddConstantNode): boolean {
  if (node.kind === 'addConstant') return node.constant.data.every((value) => value === 0)
  return node.scale.data.every((value) => value === 1) && node.offset.data.every((value) => value === 0)
}

function identityLine(shape: Shape): Line {
  const size = sizeOf(shape)
  return {
    factor: new Float64Array(size).fill(1),
    offset: new Float64Array(size),
    size: new Float64Array(size),
  }
}

function follow(line: Line, node: LinearNode, shape: Shape): Line {
  const inner = sizeOf(shape.slice(2))
  const at = (index: number): readonly [number, number] => {
    if (node.kind === 'addConstant') return [1, node.constant.data[index]!]
    if (node.kind === 'multiplyConstant') return [node.constant.data[index]!, 0]
    const channel = Math.floor(index / inner)
    return [node.scale.data[channel]!, node.offset.data[channel]!]
  }
  return {
    factor: line.factor.map((value, index) => value * at(index)[0]),
    offset: line.offset.map((value, index) => value * at(index)[0] + at(index)[1]),
    size: line.size.map((value, index) => value * Math.abs(at(index)[0]) + Math.abs(at(index)[1])),
  }
}

/** One value for each index of axis 1 of a shape with a batch of one, or null where there is none. */
function perChannel(data: Float32Array, shape: Shape): Float32Array | null {
  if (shape.length < 2 || shape[0] !== 1) return null
  const inner = sizeOf(shape.slice(2))
  const values = Float32Array.from({ length: shape[1]! }, (_, channel) => data[channel * inner]!)
  return data.every((value, index) => value === values[Math.floor(index / inner)]) ? values : null
}
