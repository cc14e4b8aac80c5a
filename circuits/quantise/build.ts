/** Integer layers from expressions whose units are decided. */
import { ZkserveError } from '#circuits/errors.js'
import { type Shape, sizeOf } from '#circuits/graph/graph.js'
import { sameShape } from '#circuits/graph/shapes.js'
import type { QLayer, QTensor, QTerm, TensorId } from '#circuits/qmodel/qmodel.js'
import { channelOf } from '#circuits/qmodel/window.js'
import { columnAt, columnsOf } from '#circuits/quantise/columns.js'
import {
  commonDivisor,
  divisors,
  type Expression,
  type LinearExpression,
  type MaximumExpression,
  type MeanExpression,
  type MixedExpression,
  type ReindexExpression,
  type ScaleExpression,
  type SumExpression,
  settledUnit,
  type TimesExpression,
  unitAxis,
} from '#circuits/quantise/expression.js'

/** A tensor before its bounds are known. */
export type UnboundedTensor = Pick<QTensor, 'name' | 'shape' | 'scales' | 'channelAxis'>

/** Collects tensors and layers. */
export class LayerBuilder {
  readonly tensors: UnboundedTensor[] = []
  readonly layers: QLayer[] = []

  /** A new tensor; `scales` one per channel or one for all. */
  tensor(name: string, shape: Shape, scales: readonly number[], channelAxis: number): TensorId {
    this.tensors.push({ name, shape, scales, channelAxis })
    return this.tensors.length - 1
  }

  /**
   * Layers that compute an expression.
   * @param units one per channel of `unitAxis`, or one for all; ignored where the unit is settled
   */
  build(expression: Expression, units: readonly number[]): TensorId {
    switch (expression.kind) {
      case 'tensor':
        return expression.id
      case 'mixed':
        return this.mixed(expression, units)
      case 'linear':
        return this.linear(expression, units)
      case 'scale':
        return this.scale(expression, units)
      case 'times':
        return this.times(expression, units)
      case 'sum':
        return this.sum(expression, units)
      case 'mean':
        return this.mean(expression, units)
      case 'maximum':
        return this.maximum(expression, units)
      case 'reindex':
        return this.reindex(expression, units)
    }
  }

  private result(expression: Expression, units: readonly number[]): TensorId {
    return this.tensor(expression.name, expression.shape, units, unitAxis(expression) ?? 0)
  }

  /** Brings all elements to one unit: a factor each, and a constant for what rounding it takes from the centre. */
  private mixed(expression: MixedExpression, units: readonly number[]): TensorId {
    const { name, operator, shape, id, centres } = expression
    const [unit] = units as readonly [number]
    const size = sizeOf(shape)
    const flat = this.flattened(name, operator, id, size)
    const exact = expression.units.map((each) => each / unit)
    const factors = exact.map(Math.round)
    const constant = Float64Array.from(centres, (centre, i) =>
      Math.round(((exact[i]! - factors[i]!) * centre) / expression.units[i]!),
    )
    const combined = this.tensor(name, [1, size], [unit], 0)
    this.layers.push({
      kind: 'combine',
      name,
      operator,
      output: combined,
      terms: [{ input: flat, factors }],
      constant: constant.some((value) => value !== 0) ? constant : null,
      channelAxis: 1,
    })
    return this.reshaped(name, operator, combined, shape, [unit])
  }

  private flattened(name: string, operator: string, input: TensorId, size: number): TensorId {
    return this.reshaped(name, operator, input, [1, size], [1])
  }

  /** The same elements in another shape, unless they have it. */
  reshaped(
    name: string,
    operator: string,
    input: TensorId,
    shape: Shape,
    scales: readonly number[],
  ): TensorId {
    if (sameShape(this.tensors[input]!.shape, shape)) return input
    const indices = Int32Array.from({ length: sizeOf(shape) }, (_, i) => i)
    return this.reindexed({ name, operator, shape, indices, fill: 0 }, [input], scales)
  }

  /** Elements of the inputs laid one after the other. */
  reindexed(
    {
      name,
      operator,
      shape,
      indices,
      fill,
    }: Pick<ReindexExpression, 'name' | 'operator' | 'shape' | 'indices' | 'fill'>,
    inputs: readonly TensorId[],
    scales: readonly number[],
  ): TensorId {
    const output = this.tensor(name, shape, scales, 0)
    this.layers.push({ kind: 'reindex', name, operator, inputs, output, indices, fill })
    return output
  }

  /** Per element a sum of tensors times one factor each, and a constant; all of one unit. */
  combined(
    { name, operator, shape }: Pick<ScaleExpression, 'name' | 'operator' | 'shape'>,
    terms: readonly { readonly input: TensorId; readonly factor: number }[],
    constant: Float64Array | null,
    unit: number,
  ): TensorId {
    const output = this.tensor(name, shape, [unit], 0)
    const factored = terms.map(({ input, factor }) => ({ input, factors: [factor] }))
    this.layers.push({ kind: 'combine', name, operator, output, terms: factored, constant, channelAxis: 0 })
    return output
  }

  private linear(expression: LinearExpression, units: readonly number[]): TensorId {
    const { node, name, operator } = expression
    const channels = node.weight.shape[0]!
    const perChannel = node.weight.data.length / channels
    const unitOf = (c: number) => (units.length === 1 ? units[0]! : units[c]!)
    const { input, columnUnit, centre } = this.linearInput(expression)
    const output = this.result(expression, units)
    const residues = new Float64Array(channels)
    const weight = Int32Array.from(node.weight.data, (value, i) => {
      const [c, k] = [Math.floor(i / perChannel), i % perChannel]
      const exact = (value * columnUnit(c, k)) / unitOf(c)
      const rounded = within32Bits(name, Math.round(exact))
      if (centre !== null) residues[c]! += (exact - rounded) * (centre(c, k) / columnUnit(c, k))
      return rounded
    })
    const bias = Float64Array.from({ length: channels }, (_, c) =>
      Math.round((node.bias?.data[c] ?? 0) / unitOf(c) + residues[c]!),
    )
    const common = { name, operator, input, output, weight, weightShape: node.weight.shape, bias }
    if (node.kind === 'dense') this.layers.push({ kind: 'dense', ...common })
    else this.layers.push({ kind: 'conv', ...common, window: node.window, groups: node.groups })
    return output
  }

  /** What a linear layer reads, with the unit of each weight's input and the value that it lies around. */
  private linearInput({ node, input }: LinearExpression): {
    input: TensorId
    columnUnit: (channel: number, k: number) => number
    centre: ((channel: number, k: number) => number) | null
  } {
    if (input.kind === 'mixed') {
      const columns = columnsOf(input, node)!
      const columnOf = (c: number, k: number) => columns[columnAt(node, c, k)]!
      return {
        input: input.id,
        columnUnit: (c, k) => columnOf(c, k).unit,
        centre: (c, k) => columnOf(c, k).centre,
      }
    }
    const unit = settledUnit(input)!
    return { input: this.build(input, [unit]), columnUnit: () => unit, centre: null }
  }

  private scale(expression: ScaleExpression, units: readonly number[]): TensorId {
    const { name, operator, shape, axis, offsets, centres } = expression
    const inputUnit = settledUnit(expression.input)!
    const input = this.build(expression.input, [inputUnit])
    const output = this.result(expression, units)
    const unitOf = (c: number) => (units.length === 1 ? units[0]! : units[c]!)
    const exact = Array.from(expression.factors, (value, c) => (value * inputUnit) / unitOf(c))
    const factors = exact.map(Math.round)
    const residue = (c: number) => (centres === null ? 0 : (exact[c]! - factors[c]!) * centres[c]!)
    const constant =
      offsets &&
      Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
        const c = channelOf(shape, axis, i)
        return Math.round(offsets[c]! / unitOf(c) + residue(c))
      })
    this.layers.push({
      kind: 'combine',
      name,
      operator,
      output,
      terms: [{ input, factors }],
      constant,
      channelAxis: axis,
    })
    return output
  }

  /** The factor is in the unit; a sign takes a layer. */
  private times(expression: TimesExpression, units: readonly number[]): TensorId {
    const magnitude = Math.abs(expression.factor)
    const input = this.build(
      expression.input,
      units.map((unit) => unit / magnitude),
    )
    if (expression.factor > 0) return input
    const { name, operator } = expression
    const output = this.result(expression, settledOr(expression, units))
    const terms = [{ input, factors: [-1] }]
    this.layers.push({ kind: 'combine', name, operator, output, terms, constant: null, channelAxis: 0 })
    return output
  }

  private maximum(expression: MaximumExpression, units: readonly number[]): TensorId {
    const input = this.build(expression.input, units)
    const output = this.result(expression, settledOr(expression, units))
    const { name, operator } = expression
    this.layers.push({ kind: 'maxPool', name, operator, input, output, window: expression.node.window })
    return output
  }

  private reindex(expression: ReindexExpression, units: readonly number[]): TensorId {
    const input = this.build(expression.input, units)
    const scales = settledOr(expression, units)
    const fill = Math.round(expression.fill / scales[0]!)
    return this.reindexed({ ...expression, fill }, [input], scales)
  }

  private sum(expression: SumExpression, asked: readonly number[]): TensorId {
    const { name, operator, shape } = expression
    const units = settledOr(expression, asked)
    const channelAxis = unitAxis(expression) ?? 0
    const unitAt = (i: number) => (units.length === 1 ? units[0]! : units[channelOf(shape, channelAxis, i)]!)
    const terms: QTerm[] = expression.terms.map((term) => {
      const settled = settledUnit(term)
      if (settled === null) return { input: this.build(term, units), factors: [1] }
      return { input: this.build(term, [settled]), factors: units.map((unit) => Math.round(settled / unit)) }
    })
    const output = this.result(expression, units)
    const { constant } = expression
    this.layers.push({
      kind: 'combine',
      name,
      operator,
      output,
      terms,
      constant: constant && Float64Array.from(constant, (value, i) => Math.round(value / unitAt(i))),
      channelAxis,
    })
    return output
  }

  private mean(expression: MeanExpression, units: readonly number[]): TensorId {
    const { name, operator, node } = expression
    const common = commonDivisor(expression)
    const input = this.build(
      expression.input,
      units.map((unit) => unit * common),
    )
    const output = this.result(expression, settledOr(expression, units))
    const factors = divisors(expression).map((divisor) => common / divisor)
    this.layers.push({ kind: 'windowSum', name, operator, input, output, window: node.window, factors })
    return output
  }
}

function settledOr(expression: Expression, units: readonly number[]): readonly number[] {
  const settled = settledUnit(expression)
  return settled === null ? units : [settled]
}

/** Weights so large beside the sums that they make in calibration that their integers do not fit are refused. */
function within32Bits(name: string, weight: number): number {
  if (Math.abs(weight) < 2 ** 31) return weight
  throw new ZkserveError(
    'QUANTISATION_OVERFLOW',
    `"${name}" has weights that its sums over the calibration rows cancel beyond 32 bits`,
    { hints: ['Calibrate with more rows, such as the model will see.'] },
  )
}
