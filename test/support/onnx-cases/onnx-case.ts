import {
  type AttributeValue,
  integers,
  type OnnxNode,
  type OnnxType,
  onnxModel,
  tensor,
} from '../onnx-builder.js'
import { RandomSource } from '../random-source.js'

/** The interval that random numbers come from; `grid` rounds them to integers, so that there are ties. */
export interface Spread {
  readonly low?: number
  readonly high?: number
  readonly grid?: boolean
}

export interface CaseOutput {
  readonly name: string
  readonly type: OnnxType
}

/** What a generator gives back: the value or values to compare. */
export type Result = string | CaseOutput | readonly CaseOutput[]

type MaybeAttributes = Readonly<Record<string, AttributeValue | undefined>>

/** A random ONNX model that grows node by node, with random inputs of its own. */
export class OnnxCase {
  readonly opset: number
  readonly feeds = new Map<string, { readonly shape: readonly number[]; readonly data: Float32Array }>()
  readonly #random: RandomSource
  /** `folded`: what would be fed is constant, so that the importer computes it. */
  readonly #folded: boolean
  readonly #nodes: OnnxNode[] = []
  readonly #initializers: Record<string, ReturnType<typeof tensor>> = {}
  readonly #domains: Record<string, number> = {}
  #count = 0

  constructor(seed: number, opset: number, { folded = false } = {}) {
    this.#random = new RandomSource(seed)
    this.opset = opset
    this.#folded = folded
  }

  /** An integer from 0 to bound − 1. */
  below(bound: number): number {
    return this.#random.below(bound)
  }

  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  chance(probability: number): boolean {
    return this.below(1000) < probability * 1000
  }

  pick<Item>(items: readonly Item[]): Item {
    return this.#random.pick(items)
  }

  /** The value half of the time, else nothing: for attributes and inputs that have a default. */
  maybe<Value>(value: Value): Value | undefined {
    return this.chance(0.5) ? value : undefined
  }

  number({ low = -2, high = 2, grid = false }: Spread = {}): number {
    const value = low + (this.below(2 ** 24) / 2 ** 24) * (high - low)
    return Math.fround(grid ? Math.round(value) : value)
  }

  numbers(count: number, spread: Spread = {}): number[] {
    return Array.from({ length: count }, () => this.number(spread))
  }

  /** A shape of `rank` axes, the first of length 1. */
  shape(rank = this.between(1, 4), longest = 5): number[] {
    return [1, ...Array.from({ length: Math.max(0, rank - 1) }, () => this.between(1, longest))].slice(
      0,
      rank,
    )
  }

  /** An order of the axes. */
  permutation(rank: number): number[] {
    const left = Array.from({ length: rank }, (_, axis) => axis)
    return Array.from({ length: rank }, () => left.splice(this.below(left.length), 1)[0]!)
  }

  /** An axis from the front, or the same one from the back. */
  axisName(axis: number, rank: number): number {
    return this.chance(0.5) ? axis : axis - rank
  }

  /** A computed value of a shape: an input of the model, sometimes after layers that keep what it is about. */
  value(shape: readonly number[], spread: Spread = {}): string {
    const size = shape.reduce((product, length) => product * length, 1)
    const numbers = this.numbers(size, spread)
    if (this.#folded) return this.#constant(tensor(shape, numbers))
    const fed = this.chance(0.15) ? [1, size] : shape
    const name = this.#fresh('x')
    this.feeds.set(name, { shape: fed, data: Float32Array.from(numbers) })
    if (fed !== shape) return this.node('Reshape', [name, this.integers(...shape)])
    if (shape.length > 1 && this.chance(0.15)) {
      const perm = this.permutation(shape.length)
      const back = perm.map((_, axis) => perm.indexOf(axis))
      const turned = this.node('Transpose', [name], { perm })
      return this.node('Transpose', [turned], { perm: back })
    }
    return name
  }

  /** An initializer of random floats. */
  weights(shape: readonly number[], spread: Spread = {}): string {
    const size = shape.reduce((product, length) => product * length, 1)
    return this.constant(shape, this.numbers(size, spread))
  }

  constant(shape: readonly number[], data: readonly number[], type: OnnxType = 'float'): string {
    return this.#constant(tensor(shape, data, { type }))
  }

  /** An int64 initializer with one axis. */
  integers(...values: readonly number[]): string {
    return this.#constant(integers(...values))
  }

  /** Adds a node; attributes that are undefined are left out, inputs too (at the end: for good). */
  node(
    op: string,
    inputs: readonly (string | undefined)[],
    attributes: MaybeAttributes = {},
    domain?: { readonly name: string; readonly version: number },
  ): string {
    return this.nodes(op, 1, inputs, attributes, domain)[0]!
  }

  /** Adds a node with several outputs. */
  nodes(
    op: string,
    outputs: number,
    inputs: readonly (string | undefined)[],
    attributes: MaybeAttributes = {},
    domain?: { readonly name: string; readonly version: number },
  ): string[] {
    if (domain !== undefined) this.#domains[domain.name] = domain.version
    const names = Array.from({ length: outputs }, () => this.#fresh(op.toLowerCase()))
    const last = inputs.findLastIndex((input) => input !== undefined)
    const given = Object.entries(attributes).filter((entry): entry is [string, AttributeValue] => {
      return entry[1] !== undefined
    })
    this.#nodes.push({
      op,
      inputs: inputs.slice(0, last + 1).map((input) => input ?? ''),
      outputs: names,
      attributes: Object.fromEntries(given),
      ...(domain === undefined ? {} : { domain: domain.name }),
    })
    return names
  }

  /** The file, and the outputs in it. */
  finish(result: Result): { readonly file: Uint8Array; readonly outputs: readonly CaseOutput[] } {
    const named = typeof result === 'string' ? [{ name: result, type: 'float' } as const] : result
    const list: readonly CaseOutput[] = 'name' in named ? [named] : named
    const outputs = this.#folded ? list.map((output) => this.#unfolded(output)) : list
    const file = onnxModel({
      opset: this.opset,
      domains: this.#domains,
      inputs: Array.from(this.feeds, ([name, { shape }]) => ({ name, shape })),
      outputs,
      nodes: this.#nodes,
      initializers: this.#initializers,
    })
    return { file, outputs }
  }

  /** What is computed at import becomes an output by a sum with something that is fed. */
  #unfolded({ name, type }: CaseOutput): CaseOutput {
    const float = type === 'float' ? name : this.node('Cast', [name], { to: 1 })
    const fed = this.#fresh('x')
    this.feeds.set(fed, { shape: [1], data: Float32Array.of(this.number()) })
    return { name: this.node('Add', [fed, float]), type: 'float' }
  }

  #constant(data: ReturnType<typeof tensor>): string {
    const name = this.#fresh('c')
    this.#initializers[name] = data
    return name
  }

  #fresh(base: string): string {
    return `${base}${this.#count++}`
  }
}
