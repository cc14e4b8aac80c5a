/** A graph as circuits with hidden weights take it: every trained factor is the weight of a linear layer. */
import { ZkserveError } from '#circuits/errors.js'
import { evaluateNode } from '#circuits/graph/evaluate.js'
import { type FloatTensor, type Graph, type GraphNode, type Shape, sizeOf } from '#circuits/graph/graph.js'
import { verifyGraph } from '#circuits/graph/verify.js'

/**
 * Rewrites products with trained constants to depthwise 1×1 convolutions. What has no such form would be public.
 * A single factor for all elements, the parameters of one function for all, and scales stay with the architecture.
 * @throws ZkserveError `UNSUPPORTED_OPERATOR`
 */
export function withHiddenWeights(graph: Graph): Graph {
  const shapes = new Map(graph.shapes)
  const nodes = graph.nodes.flatMap((node): readonly GraphNode[] => {
    const shape = shapes.get(node.output)!
    switch (node.kind) {
      case 'affine': {
        const channels = shape[1]!
        return depthwise(
          node,
          [channels, sizeOf(shape) / channels],
          node.scale.data,
          node.offset.data,
          shapes,
        )
      }
      case 'multiplyConstant': {
        const { data } = node.constant
        if (data.every((value) => value === data[0])) return [node]
        return depthwise(node, [data.length, 1], data, null, shapes)
      }
      case 'elementwise':
        return node.functions.length > 1 ? refuse(node, 'a function for each channel') : [node]
      case 'gather':
        return node.fill === 0 ? [node] : filled(node, { ...node, fill: 0 }, shapes)
      case 'pad':
        return node.value === 0 ? [node] : filled(node, { ...node, value: 0 }, shapes)
      case 'treeEnsemble':
        return refuse(node, 'decision trees')
      default:
        return [node]
    }
  })
  const result: Graph = { ...graph, nodes, shapes }
  verifyGraph(result)
  return result
}

function refuse({ name, operator }: GraphNode, what: string): never {
  throw new ZkserveError(
    'UNSUPPORTED_OPERATOR',
    `${operator} "${name}" has ${what}, which cannot be hidden`,
    { hints: ['Build with `--weights fixed`, which publishes all weights.'] },
  )
}

/** Places that are filled with a number, as a token that was trained: with zeros, to which the number is added. */
function filled<Node extends GraphNode & { readonly input: string }>(
  node: Node,
  empty: Node,
  shapes: Map<string, Shape>,
): GraphNode[] {
  const { name, operator, output } = node
  const [from, shape] = [shapes.get(node.input)!, shapes.get(output)!]
  const zeros: FloatTensor = { shape: from, data: new Float32Array(sizeOf(from)) }
  const before = `${output}_empty`
  shapes.set(before, shape)
  const constant: FloatTensor = { shape, data: evaluateNode(node, [zeros], shape).data }
  return [
    { ...empty, output: before },
    { kind: 'addConstant', name, operator, input: before, output, constant },
  ]
}

/** `factors[c] · x + offsets[c]` for the data seen as [channels, positions]. */
function depthwise(
  node: GraphNode & { readonly input: string },
  [channels, positions]: readonly [number, number],
  factors: Float32Array,
  offsets: Float32Array | null,
  shapes: Map<string, Shape>,
): GraphNode[] {
  const { name, operator, input, output } = node
  const shape = shapes.get(output)!
  const image: Shape = [1, channels, positions, 1]
  const weight: FloatTensor = { shape: [channels, 1, 1, 1], data: factors }
  const bias = offsets && { shape: [channels], data: offsets }
  const [before, after] = [`${output}_channels`, `${output}_products`]
  shapes.set(before, image)
  shapes.set(after, image)
  const window = {
    kernel: [1, 1],
    strides: [1, 1],
    pads: [0, 0, 0, 0],
    dilations: [1, 1],
  } as const
  return [
    { kind: 'reshape', name: `${name}_channels`, operator, input, output: before, shape: image },
    { kind: 'conv', name, operator, input: before, output: after, weight, bias, window, groups: channels },
    { kind: 'reshape', name: `${name}_products`, operator, input: after, output, shape },
  ]
}
