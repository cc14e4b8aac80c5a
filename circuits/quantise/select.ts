/** Choosing the largest elements. */
import { type ArgMaxNode, type Graph, sizeOf, type TopKNode } from '#circuits/graph/graph.js'
import { transposeIndices } from '#circuits/graph/kernels/indices.js'
import { bitLength, type TensorId } from '#circuits/qmodel/qmodel.js'
import type { Expression, TensorExpression } from '#circuits/quantise/expression.js'
import type { Settler, Target } from '#circuits/quantise/settle.js'

/** The index of the largest element along any axis: the axis goes last, then rows are independent. */
export function largestIndex(
  settler: Settler,
  base: Target,
  input: Expression,
  { axis, input: value, selectLast }: ArgMaxNode,
): TensorExpression {
  const { id, unit } = settler.finishOutput(input, value)
  const { shape } = input
  const { name, operator } = base
  const isLast = shape.slice(axis + 1).every((length) => length === 1)
  const others = shape.map((_, i) => i).filter((i) => i !== axis)
  const permutation = [...others, axis]
  const moved = { name: `${name}_rows`, operator, shape: permutation.map((i) => shape[i]!), fill: 0 }
  const alreadyRows = isLast && shape.at(-1) === shape[axis]
  const rows = alreadyRows
    ? id
    : settler.builder.reindexed({ ...moved, indices: transposeIndices(shape, permutation) }, [id], [unit])
  return settler.pushArgMax(rows, { ...base, selectLast })
}

/** What one selection makes: the largest, and where they were. */
interface Selection {
  readonly values: TensorExpression
  readonly indices: TensorExpression | null
}

/** Selections of the largest elements; those of one value and count share their work. */
export class Selections {
  private readonly known = new Map<string, Selection>()

  constructor(
    private readonly graph: Graph,
    private readonly settler: Settler,
  ) {}

  lower(base: Target, input: Expression, node: TopKNode): Expression {
    const key = `${node.count} ${node.input}`
    const selection = this.known.get(key) ?? this.select(base, input, node)
    this.known.set(key, selection)
    return node.part === 'values' ? selection.values : selection.indices!
  }

  /**
   * Elements are told apart by keys x·2^m + (n - 1 - i): of a tie the lowest index has the largest key. Value and
   * index are the upper and lower part of a chosen key.
   */
  private select(base: Target, input: Expression, node: TopKNode): Selection {
    const { builder } = this.settler
    const { id, unit } = this.settler.finishOutput(input, node.input)
    const { name, operator, shape } = base
    const needsIndices = this.graph.nodes.some(
      (other) =>
        other.kind === 'topK' &&
        other.part === 'indices' &&
        other.input === node.input &&
        other.count === node.count,
    )
    const expression = (tensor: TensorId, scale: number): TensorExpression => {
      const rest = { meanSquare: 1, wide: false, window: null, name, operator, shape }
      return { kind: 'tensor', id: tensor, unit: scale, ...rest }
    }
    const pick = (from: TensorId, scale: number) => {
      const output = builder.tensor(`${name}_largest`, shape, [scale], 0)
      builder.layers.push({ kind: 'topK', name, operator, input: from, output, count: node.count })
      return output
    }
    if (!needsIndices) return { values: expression(pick(id, unit), unit), indices: null }
    const length = input.shape.at(-1)!
    const width = bitLength(length - 1)
    const keyUnit = unit / 2 ** width
    const last = Float64Array.from({ length: sizeOf(input.shape) }, (_, i) => length - 1 - (i % length))
    const keys = builder.combined(
      { name: `${name}_keys`, operator, shape: input.shape },
      [{ input: id, factor: 2 ** width }],
      last,
      keyUnit,
    )
    const best = pick(keys, keyUnit)
    const size = sizeOf(shape)
    const half = new Float64Array(size).fill(width === 0 ? 0 : -(2 ** (width - 1)))
    const floored = builder.combined(
      { name: `${name}_floor`, operator, shape },
      [{ input: best, factor: 1 }],
      half,
      keyUnit,
    )
    const values = builder.tensor(`${name}_values`, shape, [unit], 0)
    const rescale = { shifts: [width], channelAxis: 0, low: null, saturate: null }
    builder.layers.push({ kind: 'rescale', name, operator, input: floored, output: values, ...rescale })
    const terms = [
      { input: values, factor: 2 ** width },
      { input: best, factor: -1 },
    ]
    const constant = new Float64Array(size).fill(length - 1)
    const indices = builder.combined({ name: `${name}_indices`, operator, shape }, terms, constant, 1)
    return { values: expression(values, unit), indices: expression(indices, 1) }
  }
}
