/** Random small networks over every kind of node, with several inputs and outputs: for circuits against integers. */
import {
  type FloatTensor,
  type Graph,
  type GraphNode,
  type NodeKind,
  nodeInputs,
  type Shape,
  sizeOf,
  type TreeDecision,
} from '#circuits/graph/graph.js'
import { type ScalarFunctionName, scalarFunctions } from '#circuits/graph/kernels/scalar-functions.js'
import { inferShape } from '#circuits/graph/shapes.js'
import { verifyGraph } from '#circuits/graph/verify.js'
import { RandomSource } from './random-source.js'

/** Distributes over each kind of node without `input`, `output` and names. */
type Body = GraphNode extends infer N
  ? N extends GraphNode
    ? Omit<N, 'name' | 'operator' | 'output'>
    : never
  : never

/** Elements of the largest value: small circuits compile in about a second. */
const mostElements = 40

/** Functions that need positive arguments: their input is clipped first. */
const positive: readonly ScalarFunctionName[] = [
  'log',
  'sqrt',
  'reciprocal',
  'reciprocalSqrt',
  'power',
  'exp',
]

/** A network of a few random nodes, one of them of the kind that the seed stands for. */
export function randomNetwork(seed: number): Graph {
  const network = new Network(seed)
  const kinds = networkKinds
  const steps = 3 + network.random.below(4)
  const place = network.random.below(steps)
  for (let step = 0; step < steps; step++) {
    const kind = step === place ? kinds[seed % kinds.length]! : network.random.pick(kinds)
    const { length } = network.nodes
    // A node may not fit what is there: the kind that the seed stands for then gets an input of its own.
    if (!network.add(kind) && step === place) network.addAlone(kind)
    if (network.nodes.length === length && step === place)
      throw new Error(`no place for a ${kind} in ${seed}`)
  }
  return network.finish()
}

/** A value that fits, and what is made of it. */
type Maker = (network: Network, value: string, shape: Shape) => Body | null

class Network {
  readonly random: RandomSource
  readonly nodes: GraphNode[] = []
  readonly #seed: number
  readonly #inputs: string[] = []
  readonly #shapes = new Map<string, Shape>()

  constructor(seed: number) {
    this.#seed = seed
    this.random = new RandomSource(seed * 104_729)
    this.input(
      this.random.pick([
        [1, 2, 3, 4],
        [1, 1, 4, 4],
        [1, 3, 4],
        [1, 6],
        [1, 9],
        [1, 2, 2, 3],
      ]),
    )
  }

  input(shape: Shape): string {
    const name = `x${this.#inputs.length}`
    this.#inputs.push(name)
    this.#shapes.set(name, shape)
    return name
  }

  shapeOf(value: string): Shape {
    return this.#shapes.get(value)!
  }

  tensor(shape: Shape, low = -1, high = 1): FloatTensor {
    const data = Float32Array.from({ length: sizeOf(shape) }, () =>
      this.random.below(10) === 0 ? 0 : this.number(low, high),
    )
    return { shape, data }
  }

  number(low: number, high: number): number {
    return low + (this.random.below(10_000) / 10_000) * (high - low)
  }

  /** Another value of a shape: one that is there, or a new input. */
  partner(shape: Shape): string {
    const same = [...this.#shapes].filter(([, own]) => own.join() === shape.join()).map(([name]) => name)
    return this.random.below(4) === 0 ? this.input(shape) : this.random.pick(same)
  }

  push(body: Body): string {
    const output = `${body.kind}${this.nodes.length}`
    const node = { ...body, name: output, operator: body.kind, output } as GraphNode
    const shape = inferShape(
      node,
      nodeInputs(node).map((name) => this.shapeOf(name)),
    )
    this.#shapes.set(output, shape)
    this.nodes.push(node)
    return output
  }

  /** Adds a node on a random value, the newest more often; whether there is one that it fits. */
  add(kind: MadeKind): boolean {
    const values = [...this.#shapes.keys()]
    const order = [values.at(-1)!, ...values.toSorted(() => this.random.below(3) - 1)]
    for (const value of order) {
      const body = makers[kind](this, value, this.shapeOf(value))
      if (body === null) continue
      const shape = inferShape(
        { ...body, name: '', operator: '', output: '' } as GraphNode,
        nodeInputs(body as GraphNode).map((name) => this.shapeOf(name)),
      )
      if (sizeOf(shape) > mostElements) continue
      this.push(body)
      return true
    }
    return false
  }

  /** Adds a node on a new input of a shape that suits most. */
  addAlone(kind: MadeKind): void {
    const value = this.input(kind === 'treeEnsemble' ? [1, 4] : [1, 2, 2, 3])
    const body = makers[kind](this, value, this.shapeOf(value))
    if (body !== null) this.push(body)
  }

  /** The graph: what nothing reads is an output, and the newest values are. */
  finish(): Graph {
    const read = new Set(this.nodes.flatMap(nodeInputs))
    const ends = this.nodes.map(({ output }) => output).filter((name) => !read.has(name))
    const last = ends.at(-1)!
    const softmax = this.random.below(6) === 0 && this.shapeOf(last).length > 0
    const closing = softmax
      ? [this.push({ kind: 'softmax', input: last, axis: 0, axisEnd: this.shapeOf(last).length })]
      : [last]
    const outputs = [...ends.slice(0, -1), ...closing].map((name) => ({ name, shape: this.shapeOf(name) }))
    const used = new Set([...this.nodes.flatMap(nodeInputs), ...outputs.map(({ name }) => name)])
    const inputs = this.#inputs.filter((name) => used.has(name))
    const shapes = new Map([...this.#shapes].filter(([name]) => used.has(name)))
    const graph: Graph = {
      name: `network-${this.#seed}`,
      opset: 17,
      inputs: inputs.map((name) => ({ name, shape: this.shapeOf(name) })),
      outputs,
      nodes: this.nodes,
      shapes,
    }
    verifyGraph(graph)
    return graph
  }
}

/** A window over an image, all of whose positions hold data. */
function windowOn({ random }: Network, [, , height, width]: Shape) {
  const kernel = [1 + random.below(Math.min(3, height!)), 1 + random.below(Math.min(3, width!))] as const
  const pads = [0, 1, 2, 3].map((side) => (kernel[side % 2]! > 1 && random.below(3) === 0 ? 1 : 0))
  const dilation = (axis: 0 | 1, length: number): number =>
    random.below(3) === 0 && 2 * (kernel[axis] - 1) < length ? 2 : 1
  return {
    kernel,
    strides: [1 + random.below(2), 1 + random.below(2)] as const,
    pads: pads as unknown as readonly [number, number, number, number],
    dilations: [dilation(0, height!), dilation(1, width!)] as const,
  }
}

const isImage = (shape: Shape): boolean => shape.length === 4 && shape[0] === 1
const permutations: Readonly<Record<number, readonly (readonly number[])[]>> = {
  2: [
    [0, 1],
    [1, 0],
  ],
  3: [
    [0, 2, 1],
    [2, 0, 1],
    [1, 0, 2],
  ],
  4: [
    [0, 1, 3, 2],
    [0, 2, 3, 1],
    [0, 3, 1, 2],
  ],
}

const makers = {
  conv(network, input, shape) {
    if (!isImage(shape)) return null
    const channels = shape[1]!
    const groups = network.random.below(3) === 0 ? channels : 1
    const outputs = groups * (1 + network.random.below(2))
    const window = windowOn(network, shape)
    const weight = network.tensor([outputs, channels / groups, ...window.kernel])
    const bias = network.random.below(3) === 0 ? null : network.tensor([outputs])
    return { kind: 'conv', input, weight, bias, window, groups }
  },
  dense(network, input, shape) {
    if (shape.length === 0) return null
    const outputs = 1 + network.random.below(4)
    const bias = network.random.below(3) === 0 ? null : network.tensor([outputs])
    return { kind: 'dense', input, weight: network.tensor([outputs, shape.at(-1)!]), bias }
  },
  add: (network, input, shape) => ({ kind: 'add', inputs: [input, network.partner(shape)] }),
  addConstant: (network, input, shape) => ({ kind: 'addConstant', input, constant: network.tensor(shape) }),
  multiply: (network, input, shape) => ({ kind: 'multiply', inputs: [input, network.partner(shape)] }),
  multiplyConstant: (network, input, shape) => {
    return { kind: 'multiplyConstant', input, constant: network.tensor(shape, -2, 2) }
  },
  matMul(network, input, shape) {
    if (shape.length < 2 || sizeOf(shape) > 16) return null
    const other = network.push({ kind: 'transpose', input, permutation: lastTwoSwapped(shape.length) })
    return { kind: 'matMul', inputs: network.random.below(2) === 0 ? [input, other] : [other, input] }
  },
  affine(network, input, shape) {
    if (shape.length < 2 || shape[0] !== 1) return null
    const channels = [shape[1]!]
    return { kind: 'affine', input, scale: network.tensor(channels, -2, 2), offset: network.tensor(channels) }
  },
  relu: (_network, input) => ({ kind: 'relu', input }),
  clip({ random }, input) {
    const [low, high] = random.pick([
      [0, 1],
      [-0.5, 0.5],
      [null, 0.3],
      [-0.2, null],
      [0, null],
    ] as const)
    return { kind: 'clip', input, low, high }
  },
  elementwise(network, input, shape) {
    const { random } = network
    const names = Object.keys(scalarFunctions) as ScalarFunctionName[]
    const count = shape.length >= 2 && random.below(4) === 0 ? shape[1]! : 1
    const name = random.pick(names)
    const needsPositive = positive.includes(name)
    const value = needsPositive ? network.push({ kind: 'clip', input, low: 0.25, high: 2 }) : input
    const functions = Array.from({ length: count }, () => {
      const parameters = Array.from({ length: scalarFunctions[name].length - 1 }, () =>
        network.number(0.2, 1.5),
      )
      return { name, parameters }
    })
    return { kind: 'elementwise', input: value, functions }
  },
  quantise({ random }, input) {
    const [low, high] = random.pick([
      [0, 255],
      [-128, 127],
      [-7, 7],
    ] as const)
    return { kind: 'quantise', input, scale: random.pick([1 / 16, 1 / 50, 0.1]), low, high }
  },
  maxPool: (network, input, shape) =>
    isImage(shape) ? { kind: 'maxPool', input, window: windowOn(network, shape) } : null,
  averagePool: (network, input, shape) =>
    isImage(shape)
      ? {
          kind: 'averagePool',
          input,
          window: windowOn(network, shape),
          countPadding: network.random.below(2) === 0,
        }
      : null,
  reshape: (_network, input, shape) => ({ kind: 'reshape', input, shape: [1, sizeOf(shape)] }),
  transpose({ random }, input, shape) {
    const choices = permutations[shape.length]
    return choices === undefined ? null : { kind: 'transpose', input, permutation: random.pick(choices) }
  },
  pad({ random }, input, shape) {
    if (shape.length === 0) return null
    const sides = (): number[] => shape.map((_, axis) => (axis === 0 ? 0 : random.below(2)))
    return { kind: 'pad', input, before: sides(), after: sides(), value: random.pick([0, 0.5, -1]) }
  },
  broadcast: ({ random }, input, shape) => {
    return { kind: 'broadcast', input, shape: [1 + random.below(2), ...shape] }
  },
  gather({ random }, input, shape) {
    const size = 1 + random.below(9)
    const indices = Int32Array.from({ length: size }, () => random.below(sizeOf(shape) + 1) - 1)
    return { kind: 'gather', input, shape: [1, size], indices, fill: random.pick([0, -0.5, 2]) }
  },
  concat(network, input, shape) {
    if (shape.length === 0) return null
    const inputs = [input, network.partner(shape), ...(network.random.below(3) === 0 ? [input] : [])]
    return { kind: 'concat', inputs, axis: network.random.below(shape.length) }
  },
  argMax({ random }, input, shape) {
    if (shape.length === 0) return null
    const axis = random.below(shape.length)
    return { kind: 'argMax', input, axis, keepAxis: true, selectLast: random.below(2) === 0 }
  },
  topK({ random }, input, shape) {
    const length = shape.at(-1) ?? 0
    if (length === 0 || length > 8) return null
    const part = random.pick(['values', 'indices'] as const)
    return { kind: 'topK', input, count: 1 + random.below(Math.min(3, length)), part }
  },
  treeEnsemble(network, input, shape) {
    if (shape.length !== 2 || shape[0] !== 1) return null
    return { kind: 'treeEnsemble', input, ...trees(network, shape[1]!) }
  },
} as const satisfies Readonly<Partial<Record<NodeKind, Maker>>>

type MadeKind = keyof typeof makers

/** All kinds but Softmax, which ends a graph. */
export const networkKinds = Object.keys(makers) as MadeKind[]

function lastTwoSwapped(rank: number): number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis)
  return [...axes.slice(0, -2), rank - 1, rank - 2]
}

/** One to three trees of depth two, some thresholds at round numbers. */
function trees(network: Network, features: number) {
  const decisions: TreeDecision[] = []
  const roots: number[] = []
  let leaves = 0
  const leaf = () => -1 - leaves++
  const { random } = network
  const decision = (yes: () => number, no: () => number): number => {
    const at = decisions.length
    const threshold = random.below(3) === 0 ? random.pick([0, 0.5]) : network.number(-0.5, 0.9)
    decisions.push({ feature: random.below(features), threshold, yes: 0, no: 0 })
    decisions[at] = { ...decisions[at]!, yes: yes(), no: no() }
    return at
  }
  for (let count = 1 + random.below(3); count > 0; count--) {
    roots.push(random.below(5) === 0 ? leaf() : decision(() => decision(leaf, leaf), leaf))
  }
  const outputs = 1 + random.below(3)
  return { decisions, roots, leaves: network.tensor([leaves, outputs]), base: network.tensor([outputs]) }
}
