import {
  type Graph,
  type GraphNode,
  nodeInputs,
  type Shape,
  type SoftmaxNode,
  sizeOf,
} from '#circuits/graph/graph.js'
import { isNoOp } from '#circuits/graph/passes/drop-no-ops.js'
import { countReaders, withInputs, withNodes } from '#circuits/graph/passes/rebuild.js'
import { sinkSoftmax } from '#circuits/graph/passes/sink-softmax.js'

/**
 * Makes every softmax the last of its branch: one that only reshapes read moves behind them, an ArgMax reads what
 * the softmax reads (it keeps the order), and any other that something reads becomes maximum, difference, exp, sum,
 * reciprocal and product.
 */
export function expandSoftmax(graph: Graph): Graph {
  const sunk = sinkSoftmax(readUnderArgMax(graph))
  const readers = countNodeReaders(sunk)
  if (!sunk.nodes.some((node) => isRead(node, readers))) return sunk
  const names = new Set([...sunk.shapes.keys()])
  const nodes = sunk.nodes.flatMap((node) =>
    node.kind === 'softmax' && isRead(node, readers)
      ? expand(node, sunk.shapes.get(node.input)!, names)
      : [node],
  )
  return withNodes(sunk, nodes)
}

function isRead(node: GraphNode, readers: ReadonlyMap<string, number>): boolean {
  return node.kind === 'softmax' && (readers.get(node.output) ?? 0) > 0
}

function countNodeReaders(graph: Graph): ReadonlyMap<string, number> {
  return countReaders({ ...graph, outputs: [] })
}

/** Lets an ArgMax along a softmax's one axis read the softmax's input; drops a softmax that then nobody reads. */
function readUnderArgMax(graph: Graph): Graph {
  const sources = new Map<string, SoftmaxNode>()
  const nodes = graph.nodes.map((node): GraphNode => {
    const [input] = nodeInputs(node)
    const source = sources.get(input!)
    if (node.kind === 'softmax' && node.axisEnd === node.axis + 1) sources.set(node.output, node)
    if (source === undefined) return node
    if (isNoOp(node, graph.shapes)) sources.set(node.output, source)
    const isSame = node.kind === 'argMax' && node.axis === source.axis
    return isSame ? withInputs(node, () => source.input) : node
  })
  const readers = countReaders({ ...graph, nodes })
  return withNodes(
    graph,
    nodes.filter((node) => node.kind !== 'softmax' || readers.has(node.output)),
  )
}

/** Softmax in steps, over rows of the axes [1, rows, 1, length]. */
function expand(node: SoftmaxNode, shape: Shape, names: Set<string>): readonly GraphNode[] {
  const outer = sizeOf(shape.slice(0, node.axis))
  const length = sizeOf(shape.slice(node.axis, node.axisEnd))
  const inner = sizeOf(shape.slice(node.axisEnd))
  const nodes: GraphNode[] = []
  const base = { name: node.name, operator: node.operator }
  const value = (step: string): string => {
    let name = `${node.output}/${step}`
    for (let count = 2; names.has(name); count++) name = `${node.output}/${step}_${count}`
    names.add(name)
    return name
  }
  const add = (made: GraphNode): string => {
    nodes.push(made)
    return made.output
  }
  const reshape = (input: string, to: Shape, output: string): string =>
    add({ ...base, kind: 'reshape', input, output, shape: to })
  const rows: Shape = [1, outer * inner, 1, length]
  let input = node.input
  if (inner > 1) {
    const blocks = reshape(input, [outer, length, inner], value('blocks'))
    input = add({ ...base, kind: 'transpose', input: blocks, output: value('lanes'), permutation: [0, 2, 1] })
  }
  const column: Shape = [1, outer * inner, 1, 1]
  const spreadRows = (from: string, step: string): string =>
    add({ ...base, kind: 'broadcast', input: from, output: value(step), shape: rows })
  const negate = (from: string, step: string): string =>
    add({
      ...base,
      kind: 'multiplyConstant',
      input: from,
      output: value(step),
      constant: { shape: column, data: new Float32Array(sizeOf(column)).fill(-1) },
    })
  const lanes = reshape(input, rows, value('rows'))
  const window = { kernel: [1, length], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] } as const
  const maximum = add({ ...base, kind: 'maxPool', input: lanes, output: value('maximum'), window })
  const spread = spreadRows(negate(maximum, 'negated'), 'spread')
  const below = add({ ...base, kind: 'add', inputs: [lanes, spread], output: value('difference') })
  const exp = { name: 'exp', parameters: [] } as const
  const powers = add({
    ...base,
    kind: 'elementwise',
    input: below,
    output: value('exponential'),
    functions: [exp],
  })
  const ones = { shape: [1, length], data: new Float32Array(length).fill(1) }
  const sum = add({ ...base, kind: 'dense', input: powers, output: value('sum'), weight: ones, bias: null })
  const apply = (name: 'log' | 'reciprocal', step: string): string =>
    add({
      ...base,
      kind: 'elementwise',
      input: sum,
      output: value(step),
      functions: [{ name, parameters: [] }],
    })
  const product =
    node.logarithm === true
      ? add({
          ...base,
          kind: 'add',
          inputs: [below, spreadRows(negate(apply('log', 'logarithm'), 'subtrahend'), 'subtrahends')],
          output: value('logarithms'),
        })
      : add({
          ...base,
          kind: 'multiply',
          inputs: [powers, spreadRows(apply('reciprocal', 'inverse'), 'factors')],
          output: value('product'),
        })
  if (inner === 1) {
    reshape(product, shape, node.output)
    return nodes
  }
  const back = reshape(product, [outer, inner, length], value('products'))
  const turned = add({
    ...base,
    kind: 'transpose',
    input: back,
    output: value('turned'),
    permutation: [0, 2, 1],
  })
  reshape(turned, shape, node.output)
  return nodes
}
