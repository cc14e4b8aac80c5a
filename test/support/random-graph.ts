import {
  type FloatTensor,
  type Graph,
  type GraphNode,
  nodeInputs,
  type Shape,
  sizeOf,
} from '#circuits/graph/graph.js'
import { inferShape } from '#circuits/graph/shapes.js'
import { verifyGraph } from '#circuits/graph/verify.js'

/** Deterministic numbers in [0, 1): mulberry32. */
export function randomSource(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Distributes over each kind of node without `input`, `output` and names. */
type Body = GraphNode extends infer N
  ? N extends GraphNode
    ? Omit<N, 'name' | 'operator' | 'output'>
    : never
  : never

/** A random small network over all kinds of nodes; images first, then rows of features. */
export function randomGraph(seed: number): Graph {
  const random = randomSource(seed)
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!
  const tensor = (shape: Shape, spread = 1): FloatTensor => ({
    shape,
    data: Float32Array.from({ length: sizeOf(shape) }, () =>
      random() < 0.1 ? 0 : (random() * 2 - 1) * spread,
    ),
  })
  const shapes = new Map<string, Shape>()
  const nodes: GraphNode[] = []
  const push = (body: Body): string => {
    const output = `${body.kind}${nodes.length}`
    const node = { ...body, name: output, operator: body.kind, output } as GraphNode
    shapes.set(
      output,
      inferShape(
        node,
        nodeInputs(node).map((name) => shapes.get(name)!),
      ),
    )
    nodes.push(node)
    return output
  }
  const start: Shape = [1, pick([1, 2, 3]), pick([3, 4, 5]), pick([3, 4, 5])]
  shapes.set('x', start)
  let value = 'x'
  const side = () => Math.min(shapes.get(value)![2]!, shapes.get(value)![3]!)
  const window = (pad: boolean) => {
    const kernel = [
      1 + Math.floor(random() * Math.min(3, side())),
      1 + Math.floor(random() * Math.min(3, side())),
    ] as const
    const pads = [0, 1, 2, 3].map((i) => (pad && kernel[i % 2]! > 1 && random() < 0.4 ? 1 : 0))
    return {
      kernel,
      strides: [pick([1, 2]), pick([1, 2])] as const,
      pads: pads as unknown as readonly [number, number, number, number],
      dilations: [1, 1] as const,
    }
  }
  const imageSteps: Record<string, () => string> = {
    conv: () => {
      const channels = shapes.get(value)![1]!
      const groups = random() < 0.3 ? channels : 1
      const outputs = groups * pick([1, 2])
      const shape = window(true)
      const weight = tensor([outputs, channels / groups, ...shape.kernel])
      return push({
        kind: 'conv',
        input: value,
        weight,
        bias: random() < 0.7 ? tensor([outputs]) : null,
        window: shape,
        groups,
      })
    },
    relu: () => push({ kind: 'relu', input: value }),
    maxPool: () => push({ kind: 'maxPool', input: value, window: window(true) }),
    averagePool: () =>
      push({ kind: 'averagePool', input: value, window: window(true), countPadding: random() < 0.5 }),
    affine: () => {
      const channels = [shapes.get(value)![1]!]
      return push({ kind: 'affine', input: value, scale: tensor(channels, 2), offset: tensor(channels) })
    },
    residual: () => {
      const branch = push({ kind: 'relu', input: value })
      return push({ kind: 'add', inputs: [value, branch] })
    },
    addConstant: () => push({ kind: 'addConstant', input: value, constant: tensor(shapes.get(value)!) }),
    transpose: () => push({ kind: 'transpose', input: value, permutation: [0, 1, 3, 2] }),
    pad: () =>
      push({ kind: 'pad', input: value, before: [0, 0, 1, 0], after: [0, 0, 0, 1], value: pick([0, 0.5]) }),
  }
  const steps = 2 + Math.floor(random() * 4)
  for (let i = 0; i < steps; i++) {
    const before = value
    value = imageSteps[pick(Object.keys(imageSteps))]!()
    if (sizeOf(shapes.get(value)!) > 120) {
      nodes.pop()
      shapes.delete(value)
      value = before
    }
  }
  const length = sizeOf(shapes.get(value)!)
  value = push({ kind: 'reshape', input: value, shape: [1, length] })
  for (let i = 0; i < 1 + Math.floor(random() * 2); i++) {
    const depth = shapes.get(value)![1]!
    const outputs = pick([2, 3, 5])
    value = push({ kind: 'dense', input: value, weight: tensor([outputs, depth]), bias: tensor([outputs]) })
    if (random() < 0.6) value = push({ kind: 'relu', input: value })
  }
  if (random() < 0.4)
    value = push({ kind: 'argMax', input: value, axis: 1, keepAxis: true, selectLast: random() < 0.5 })
  const used = new Set([value, ...nodes.flatMap(nodeInputs)])
  const graph: Graph = {
    name: `random-${seed}`,
    opset: 17,
    inputs: [{ name: 'x', shape: start }],
    outputs: [{ name: value, shape: shapes.get(value)! }],
    nodes: nodes.filter((node) => used.has(node.output)),
    shapes,
  }
  verifyGraph(graph)
  return graph
}

/** Rows for calibration: uniform in [low, 1). */
export function randomRows(
  graph: Graph,
  seed: number,
  count: number,
  low: number,
): Map<string, FloatTensor>[] {
  const random = randomSource(seed)
  return Array.from({ length: count }, () => {
    return new Map(
      graph.inputs.map(({ name, shape }) => [
        name,
        { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => low + random() * (1 - low)) },
      ]),
    )
  })
}
