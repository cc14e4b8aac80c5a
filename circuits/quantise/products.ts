/** Products of two computed values, and of one with a constant. */
import { type MultiplyConstantNode, type Shape, sizeOf } from '#circuits/graph/graph.js'
import type { QMatMul } from '#circuits/qmodel/qmodel.js'
import type { Range } from '#circuits/quantise/calibrate.js'
import type { Expression, MixedExpression, TensorExpression } from '#circuits/quantise/expression.js'
import type { Settler, Target } from '#circuits/quantise/settle.js'

type Lengths = Pick<QMatMul, 'batch' | 'rows' | 'depth' | 'columns'>

function product(
  settler: Settler,
  { name, operator, shape }: Target,
  inputs: readonly Expression[],
  names: readonly string[],
  lengths: Lengths,
  { meanSquare }: Range,
): TensorExpression {
  const [left, right] = inputs.map((input, i) => settler.narrow(input, names[i]!)) as [
    TensorExpression,
    TensorExpression,
  ]
  const unit = left.unit * right.unit
  const id = settler.builder.tensor(name, shape, [unit], 0)
  const operands = { left: left.id, right: right.id }
  settler.builder.layers.push({ kind: 'matMul', name, operator, output: id, ...operands, ...lengths })
  return { kind: 'tensor', id, unit, meanSquare, wide: true, window: null, name, operator, shape }
}

/** The product of two values, element by element: its unit is the product of theirs. */
export function elementwiseProduct(
  settler: Settler,
  base: Target,
  inputs: readonly Expression[],
  names: readonly string[],
  range: Range,
): Expression {
  const lengths = { batch: sizeOf(base.shape), rows: 1, depth: 1, columns: 1 }
  return product(settler, base, inputs, names, lengths, range)
}

/** The product of two matrices, or of stacks of them. */
export function matrixProduct(
  settler: Settler,
  base: Target,
  inputs: readonly Expression[],
  names: readonly string[],
  range: Range,
): Expression {
  const [left, right] = inputs as readonly [Expression, Expression]
  const lengths = {
    batch: sizeOf(left.shape.slice(0, -2)),
    rows: left.shape.at(-2)!,
    depth: left.shape.at(-1)!,
    columns: right.shape.at(-1)!,
  }
  return product(settler, base, inputs, names, lengths, range)
}

/** The axis along which alone a constant changes; -1 where it never does, null where it does along several. */
function changingAxis(data: Float32Array, shape: Shape): number | null {
  if (data.every((value) => value === data[0])) return -1
  for (let axis = 0; axis < shape.length; axis++) {
    const stride = sizeOf(shape.slice(axis + 1))
    const isOnly = data.every((value, i) => value === data[(Math.floor(i / stride) % shape[axis]!) * stride])
    if (isOnly) return axis
  }
  return null
}

/** A value times a constant: another unit where it is one number, else a factor per index of an axis. */
export function timesConstant(
  settler: Settler,
  base: Target,
  input: Expression,
  { constant, input: name }: MultiplyConstantNode,
  { meanSquare }: Range,
): Expression {
  const { data, shape } = constant
  const axis = changingAxis(data, shape)
  if (axis === -1 && data[0] !== 0) return { kind: 'times', ...base, factor: data[0]!, input }
  const settled = settler.settle(input, name)
  const common = { ...base, kind: 'scale', offsets: null, centres: null, meanSquare } as const
  if (axis !== null && axis >= 0) {
    const stride = sizeOf(shape.slice(axis + 1))
    const factors = Float32Array.from({ length: shape[axis]! }, (_, i) => data[i * stride]!)
    return { ...common, axis, factors, input: settled }
  }
  const size = sizeOf(shape)
  const indices = Int32Array.from({ length: size }, (_, i) => i)
  const flat: Expression = { kind: 'reindex', ...base, shape: [1, size], indices, fill: 0, input: settled }
  const scaled: Expression = { ...common, shape: [1, size], axis: 1, factors: data, input: flat }
  return { kind: 'reindex', ...base, indices, fill: 0, input: scaled }
}

/** y = factor·x + offset for columns that have units of their own: the units are part of the factors. */
export function scaledColumns(
  base: Target,
  input: MixedExpression,
  factors: Float32Array,
  offsets: Float32Array,
): Expression {
  const { id, name, operator, shape, units, centres, meanSquares } = input
  const meanSquare = Math.max(...units.map((unit, i) => meanSquares[i]! / unit ** 2))
  const integers: TensorExpression = {
    kind: 'tensor',
    id,
    unit: 1,
    meanSquare,
    wide: false,
    window: null,
    name,
    operator,
    shape,
  }
  const scaled = factors.map((factor, i) => factor * units[i]!)
  const around = centres.map((centre, i) => centre / units[i]!)
  return {
    kind: 'scale',
    ...base,
    axis: 1,
    factors: scaled,
    offsets,
    centres: around,
    input: integers,
    meanSquare,
  }
}
