/** Random integer models for circuits with hidden weights. */
import { type Shape, sizeOf, type Window } from '#circuits/graph/graph.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { withCapacities } from '#circuits/quantise/capacities.js'
import {
  type BareInput,
  type BareLayer,
  qmodelOf,
  randomIntegers,
  windowedPlane,
  windowOf,
} from './qmodel-builder.js'
import { randomSource } from './random-graph.js'

type Random = () => number

const upTo = (random: Random, most: number): number => Math.floor(random() * (most + 1))
const pick = <T>(random: Random, choices: readonly T[]): T => choices[upTo(random, choices.length - 1)]!

/** Collects layers whose tensors are numbered as `qmodelOf` does. */
class Layers {
  readonly inputs: BareInput[] = []
  readonly layers: { readonly layer: BareLayer; readonly reads: number }[] = []
  readonly random: Random
  private readonly shapes = new Map<number, Shape>()

  constructor(seed: number) {
    this.random = randomSource(seed)
  }

  /** A new input; inputs are numbered by negative numbers until all are known. */
  input(shape: Shape): number {
    const lo = pick(this.random, [0, 0, -4, 3])
    this.inputs.push({ shape, bits: pick(this.random, [1, 3, 4]), lo })
    const id = -this.inputs.length
    this.shapes.set(id, shape)
    return id
  }

  shape(id: number): Shape {
    return this.shapes.get(id)!
  }

  /** A layer that reads tensor `reads`. */
  push(layer: BareLayer, reads: number): number {
    this.layers.push({ layer, reads })
    const id = this.layers.length - 1
    this.shapes.set(id, layer.shape)
    return id
  }

  model(): QModel {
    const renumber = (id: number) => (id < 0 ? -id - 1 : this.inputs.length + id)
    const layers = this.layers.map(({ layer, reads }): BareLayer => {
      const input = renumber(reads)
      if (layer.kind === 'combine') {
        return { ...layer, terms: layer.terms.map((term) => ({ ...term, input })) }
      }
      if (layer.kind === 'reindex') return { ...layer, inputs: [input] }
      return layer.kind === 'matMul' ? layer : { ...layer, input }
    })
    const outputs = layers.map((_, i) => this.inputs.length + i)
    return withCapacities(qmodelOf(this.inputs, layers, outputs))
  }
}

/** A plane as a weight layer may find it: inputs, constants among them, repetitions, sums, activations. */
function source(layers: Layers, shape: Shape): number {
  const { random } = layers
  const kind = pick(random, ['input', 'input', 'input', 'constants', 'repeated', 'sums', 'rescaled'])
  const input = layers.input(kind === 'repeated' ? [1, Math.ceil(sizeOf(shape) / 3)] : shape)
  const indices = (of: (i: number) => number) => Int32Array.from({ length: sizeOf(shape) }, (_, i) => of(i))
  switch (kind) {
    case 'constants': {
      const all = random() < 0.2
      const from = indices((i) => (all || random() < 0.4 ? -1 : i))
      return layers.push(
        { kind: 'reindex', inputs: [0], shape, indices: from, fill: upTo(random, 2) - 1 },
        input,
      )
    }
    case 'repeated':
      return layers.push(
        { kind: 'reindex', inputs: [0], shape, indices: indices((i) => Math.floor(i / 3)), fill: 0 },
        input,
      )
    case 'sums': {
      const factors = [pick(random, [1, 2, -1, 0])]
      return layers.push(
        { kind: 'combine', shape, terms: [{ input: 0, factors }], constant: null, channelAxis: 0 },
        input,
      )
    }
    case 'rescaled':
      return layers.push(
        { kind: 'rescale', input: 0, shape, shifts: [1], channelAxis: 0, low: 0, saturate: 2 },
        input,
      )
    default:
      return input
  }
}

const weightsOf = (random: Random, count: number): Int32Array =>
  Int32Array.from({ length: count }, () => (random() < 0.2 ? 0 : upTo(random, 254) - 127))

function conv(layers: Layers): number {
  const { random } = layers
  for (;;) {
    const kernel: Window['kernel'] = [1 + upTo(random, 3), 1 + upTo(random, 3)]
    const plain = random() < 0.7
    const window = windowOf(kernel, {
      strides: plain ? [1, 1] : [1 + upTo(random, 1), 1 + upTo(random, 1)],
      dilations: plain ? [1, 1] : [1 + upTo(random, 1), 1],
      pads: [0, 1, 2, 3].map(() => (random() < 0.5 ? 0 : upTo(random, 2))) as unknown as Window['pads'],
    })
    const plane = [1 + upTo(random, 8), 1 + upTo(random, 6)] as const
    const [height, width] = windowedPlane(window, ...plane)
    if (height < 1 || width < 1) continue
    const groups = 1 + upTo(random, 1)
    const weightShape = [groups * (1 + upTo(random, 2)), 1 + upTo(random, 2), ...kernel]
    const from = source(layers, [1, groups * weightShape[1]!, ...plane])
    const shape = [1, weightShape[0]!, height, width]
    const bias = randomIntegers(random, [weightShape[0]!], -1000, 1000)
    const weight = weightsOf(random, sizeOf(weightShape))
    return layers.push({ kind: 'conv', input: 0, shape, weight, weightShape, bias, window, groups }, from)
  }
}

function dense(layers: Layers): number {
  const { random } = layers
  const [outputs, depth] = [1 + upTo(random, 3), 1 + upTo(random, 12)]
  const rows = 1 + upTo(random, 2)
  const from = source(layers, [rows, depth])
  const bias = randomIntegers(random, [outputs], -1000, 1000)
  const weight = weightsOf(random, outputs * depth)
  return layers.push(
    { kind: 'dense', input: 0, shape: [rows, outputs], weight, weightShape: [outputs, depth], bias },
    from,
  )
}

function combine(layers: Layers): number {
  const { random } = layers
  const shape = pick<Shape>(random, [[5], [1, 4], [1, 3, 2, 2]])
  const constant = randomIntegers(random, shape, -500, 500)
  const factors = [pick(random, [1, 3, -2])]
  const from = source(layers, shape)
  return layers.push(
    { kind: 'combine', shape, terms: [{ input: 0, factors }], constant, channelAxis: 0 },
    from,
  )
}

/** What may follow: a ReLU, a rescale, a max-pool, nothing. */
function follow(layers: Layers, id: number): void {
  const { random } = layers
  const shape = layers.shape(id)
  const kind = pick(random, ['relu', 'plain', 'maxPool', 'none'])
  if (kind === 'maxPool' && shape.length === 4 && shape[2]! > 1 && shape[3]! > 1) {
    const window = windowOf([2, 2], { strides: [1 + upTo(random, 1), 2] })
    const pooled = [...shape.slice(0, 2), ...windowedPlane(window, shape[2]!, shape[3]!)]
    layers.push({ kind: 'maxPool', input: 0, shape: pooled, window }, id)
  } else if (kind === 'relu' || kind === 'plain') {
    const low = kind === 'relu' ? 0 : null
    const saturate = kind === 'relu' ? 1 + upTo(random, 7) : null
    layers.push(
      { kind: 'rescale', input: 0, shape, shifts: [upTo(random, 6)], channelAxis: 0, low, saturate },
      id,
    )
  }
}

/** A model of many small networks side by side, every tensor of which is an output. */
export function manyLayers(seed: number, count = 14): QModel {
  const layers = new Layers(seed)
  for (let i = 0; i < count; i++) {
    const make = pick(layers.random, [conv, conv, conv, dense, combine])
    follow(layers, make(layers))
  }
  return layers.model()
}
