/**
 * Decision trees. A decision x ≤ t is one bit of t - x; a leaf is reached where the product of its decisions is 1;
 * the result is a linear layer over the leaves.
 */
import type { FloatTensor, TreeEnsembleNode } from '#circuits/graph/graph.js'
import type { TensorId } from '#circuits/qmodel/qmodel.js'
import type {
  Expression,
  IntegerWindow,
  LinearExpression,
  MixedExpression,
  TensorExpression,
} from '#circuits/quantise/expression.js'
import type { Settler, Target } from '#circuits/quantise/settle.js'

/** Bits of leaves beyond those of weights: they are added as they are, so that nothing averages their errors. */
const extraLeafBits = 8

/** An indicator: an element of a tensor, or the number 1. */
type Place = { readonly tensor: TensorId; readonly at: number } | null

/** A child whose indicator is known, to be followed further. */
interface Branch {
  readonly child: number
  readonly place: Place
}

/** The sum of all trees, its unit open. */
export function treesOf(
  settler: Settler,
  base: Target,
  input: Expression,
  node: TreeEnsembleNode,
): LinearExpression {
  return new Trees(settler, base, node).lower(input)
}

class Trees {
  constructor(
    private readonly settler: Settler,
    private readonly base: Target,
    private readonly node: TreeEnsembleNode,
  ) {}

  lower(input: Expression): LinearExpression {
    const { node, base } = this
    const features =
      input.kind === 'mixed' && input.windows ? input : this.settler.windowed(input, node.input)
    const decisions = this.decide(features)
    const leaves: (Branch & { readonly place: NonNullable<Place> })[] = []
    const certain: number[] = []
    let branches: Branch[] = node.roots.map((child) => ({ child, place: null }))
    for (let level = 0; branches.length > 0; level++) {
      for (const { child, place } of branches) {
        if (child >= 0) continue
        if (place === null) certain.push(-1 - child)
        else leaves.push({ child, place })
      }
      branches = this.descend(
        level,
        branches.filter(({ child }) => child >= 0),
        decisions,
      )
    }
    // Where no tree decides anything, the layer reads a zero.
    const indicators =
      leaves.length === 0
        ? this.reindexed('leaves', [features.id], Int32Array.of(-1))
        : this.gather(
            'leaves',
            leaves.map(({ place }) => place),
          )
    const width = Math.max(1, leaves.length)
    const chosen = leaves.map(({ child }) => -1 - child)
    const meanSquare = node.roots.length / width
    const rest = { meanSquare, wide: false, window: { low: 0, bits: 1 }, ...base, shape: [1, width] }
    return {
      kind: 'linear',
      ...base,
      node: {
        kind: 'dense',
        ...base,
        input: node.input,
        output: node.output,
        ...this.weights(chosen, certain),
      },
      input: { kind: 'tensor', id: indicators, unit: 1, ...rest },
      meanSquare,
      extraBits: extraLeafBits,
    }
  }

  /** Weights of the leaves that decisions lead to; those that nothing leads around are part of the bias. */
  private weights(
    chosen: readonly number[],
    certain: readonly number[],
  ): { weight: FloatTensor; bias: FloatTensor } {
    const { leaves, base } = this.node
    const outputs = base.data.length
    const leafValue = (leaf: number, n: number) => leaves.data[leaf * outputs + n]!
    const width = Math.max(1, chosen.length)
    const data = Float32Array.from({ length: outputs * width }, (_, i) =>
      chosen.length === 0 ? 0 : leafValue(chosen[i % width]!, Math.floor(i / width)),
    )
    const bias = base.data.map((value, n) => certain.reduce((sum, leaf) => sum + leafValue(leaf, n), value))
    return {
      weight: { shape: [outputs, width], data },
      bias: { shape: [outputs], data: bias },
    }
  }

  /** The outcomes of all different decisions as one tensor, and the place of each decision in it. */
  private decide(features: TensorExpression | MixedExpression): Place[] {
    const unitOf = (feature: number) => (features.kind === 'mixed' ? features.units[feature]! : features.unit)
    const windowOf = (feature: number): IntegerWindow =>
      features.kind === 'mixed' ? features.windows![feature]! : features.window!
    const different = new Map<string, number>()
    const tests: { feature: number; bound: number; shift: number }[] = []
    const places = this.node.decisions.map(({ feature, threshold }) => {
      const { low, bits } = windowOf(feature)
      // x ≤ t on integers; beyond the window the outcome is always the same.
      const exact = Math.floor(Math.fround(threshold) / unitOf(feature) + 1e-9)
      const bound = Math.min(Math.max(exact, low - 1), low + 2 ** bits - 1)
      const key = `${feature} ${bound}`
      const known = different.get(key)
      if (known !== undefined) return known
      different.set(key, tests.length)
      return tests.push({ feature, bound, shift: bits }) - 1
    })
    if (tests.length === 0) return []
    const shape = [1, tests.length]
    const indices = Int32Array.from(tests, ({ feature }) => feature)
    const compared = this.reindexed('features', [features.id], indices)
    // floor((bound - x + 2^shift) / 2^shift) is 1 where x ≤ bound and 0 elsewhere; a rescale adds half a step itself.
    const constant = Float64Array.from(tests, ({ bound, shift }) => bound + 2 ** (shift - 1))
    const difference = this.combine('differences', shape, [{ input: compared, factor: -1 }], constant)
    const outcome = this.tensor('decisions', shape)
    const { operator } = this.base
    this.settler.builder.layers.push({
      kind: 'rescale',
      name: `${this.base.name}_decisions`,
      operator,
      input: difference,
      output: outcome,
      shifts: tests.map(({ shift }) => shift),
      channelAxis: 1,
      low: null,
      saturate: null,
    })
    return places.map((at) => ({ tensor: outcome, at }))
  }

  /** The children of one level's decisions: one product each, the other child is what is left of the parent. */
  private descend(level: number, branches: readonly Branch[], decisions: readonly Place[]): Branch[] {
    if (branches.length === 0) return []
    const name = (part: string) => `${part}${level}`
    const shape = [1, branches.length]
    const outcomes = this.gather(
      name('outcomes'),
      branches.map(({ child }) => decisions[child]!),
    )
    const isRoot = level === 0
    const parents = isRoot
      ? null
      : this.gather(
          name('parents'),
          branches.map(({ place }) => place!),
        )
    const yes = parents === null ? outcomes : this.multiply(name('yes'), parents, outcomes, branches.length)
    const no =
      parents === null
        ? this.combine(
            name('no'),
            shape,
            [{ input: yes, factor: -1 }],
            new Float64Array(branches.length).fill(1),
          )
        : this.combine(
            name('no'),
            shape,
            [
              { input: parents, factor: 1 },
              { input: yes, factor: -1 },
            ],
            null,
          )
    return branches.flatMap(({ child }, at) => {
      const decision = this.node.decisions[child]!
      return [
        { child: decision.yes, place: { tensor: yes, at } },
        { child: decision.no, place: { tensor: no, at } },
      ]
    })
  }

  private multiply(part: string, left: TensorId, right: TensorId, batch: number): TensorId {
    const output = this.tensor(part, [1, batch])
    const { name, operator } = this.base
    const lengths = { batch, rows: 1, depth: 1, columns: 1 }
    const layer = {
      kind: 'matMul',
      name: `${name}_${part}`,
      operator,
      left,
      right,
      output,
      ...lengths,
    } as const
    this.settler.builder.layers.push(layer)
    return output
  }

  /** Elements of several tensors side by side. */
  private gather(part: string, places: readonly Place[]): TensorId {
    const starts = new Map<TensorId, number>()
    let length = 0
    for (const place of places) {
      const { tensor } = place!
      if (starts.has(tensor)) continue
      starts.set(tensor, length)
      length += this.settler.builder.tensors[tensor]!.shape.at(-1)!
    }
    const indices = Int32Array.from(places, (place) => starts.get(place!.tensor)! + place!.at)
    return this.reindexed(part, [...starts.keys()], indices)
  }

  private reindexed(part: string, inputs: readonly TensorId[], indices: Int32Array): TensorId {
    const { name, operator } = this.base
    const shape = [1, indices.length]
    return this.settler.builder.reindexed(
      { name: `${name}_${part}`, operator, shape, indices, fill: 0 },
      inputs,
      [1],
    )
  }

  private combine(
    part: string,
    shape: readonly number[],
    terms: readonly { readonly input: TensorId; readonly factor: number }[],
    constant: Float64Array | null,
  ): TensorId {
    const { name, operator } = this.base
    return this.settler.builder.combined({ name: `${name}_${part}`, operator, shape }, terms, constant, 1)
  }

  private tensor(part: string, shape: readonly number[]): TensorId {
    return this.settler.builder.tensor(`${this.base.name}_${part}`, shape, [1], 0)
  }
}
