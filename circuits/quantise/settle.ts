/** Fixes open expressions: chooses units, builds their layers, and brings them to a scale. */
import { type Shape, sizeOf } from '#circuits/graph/graph.js'
import { bitLength, type QLayer, type TensorId } from '#circuits/qmodel/qmodel.js'
import { LayerBuilder } from '#circuits/quantise/build.js'
import type { Range } from '#circuits/quantise/calibrate.js'
import type { FunctionChain } from '#circuits/quantise/chains.js'
import {
  type Expression,
  isExpansion,
  isWide,
  settledUnit,
  type TensorExpression,
  unitAxis,
} from '#circuits/quantise/expression.js'
import { type ImposedLayer, imposedTable } from '#circuits/quantise/imposed.js'
import { type QuantiseOptions, weightBits, widthOf } from '#circuits/quantise/options.js'
import {
  type Grid,
  keyBits,
  keyScaling,
  keyUnit,
  keyWindow,
  livingKeys,
  type RealFunction,
  resultGrid,
  type Scaling,
  type TableTask,
  tableOf,
} from '#circuits/quantise/tables.js'
import { coarsestUnits, finestUnits, shiftsTo } from '#circuits/quantise/units.js'

/**
 * Error that rounding weights may add to an activation, root mean square, in steps of its scale. Each halving costs
 * a constraint per neuron. Maps have many neurons, and what reads them averages their errors; the neurons of dense
 * layers are few. On 10,000 digits these lose at most 0.08 points against a quarter of them. Products of activations
 * multiply their errors: in attention a quarter of a step costs 4 % more constraints and halves the error.
 */
const weightErrors = { map: 1, neuron: 0.5, factor: 0.25 }

/** Bits that a factor may have beyond those of an activation. */
const factorBits = 4

/** The layer that a value is made by, for people. */
export interface Target {
  readonly name: string
  readonly operator: string
  readonly shape: Shape
}

/** The real ends of a clip; null leaves one open. */
export interface RealEnds {
  readonly low: number | null
  readonly high: number | null
}

/** What a rescale leaves of a value. */
interface Clamp {
  readonly low: number | null
  readonly saturate: number | null
  /** Whether the upper end is the model's own, which no choice of gadgets may move. */
  readonly exact: boolean
}

/** Turns expressions into tensors. */
export class Settler {
  readonly builder = new LayerBuilder()
  /** Layers whose saturation is part of what the model says. */
  readonly exactSaturations = new Set<QLayer>()
  private readonly largestWeight: number
  private readonly narrowed = new Map<string, TensorExpression>()

  /**
   * @param coarser outputs get units that are coarser by 2^coarser
   * @param feedsProducts whether the model multiplies activations
   */
  constructor(
    private readonly ranges: ReadonlyMap<string, Range>,
    private readonly options: QuantiseOptions,
    private readonly coarser: number,
    private readonly feedsProducts: boolean,
  ) {
    this.largestWeight = 2 ** (weightBits(options) - 1) - 1
  }

  /** An expression whose unit is settled, rescaled to the range of `name` where it was open. */
  settle(expression: Expression, name: string): Expression {
    if (settledUnit(expression) !== null) return expression
    return this.scaled(expression, name)
  }

  /** An expression of the width of an activation: products take no wider factors. */
  narrow(expression: Expression, name: string): TensorExpression {
    const known = this.narrowed.get(name)
    if (known) return known
    const settled = settledUnit(expression)
    const { min, max } = this.ranges.get(name)!
    // What a table makes for a product may be a little wider than an activation.
    const most = 2 ** (widthOf(this.options, name) + factorBits)
    const isNarrow = settled !== null && !isWide(expression) && Math.max(max, -min) / settled < most
    const fixed = isNarrow ? expression : this.scaled(expression, name)
    const tensor = this.tensorOf(fixed, name)
    this.narrowed.set(name, tensor)
    return tensor
  }

  /** The tensor that holds a settled expression. */
  tensorOf(expression: Expression, name: string): TensorExpression {
    if (expression.kind === 'tensor') return expression
    const unit = settledUnit(expression)!
    const { meanSquare } = this.ranges.get(name)!
    const id = this.builder.build(expression, [unit])
    const { name: layer, operator, shape } = expression
    const wide = isWide(expression)
    return { kind: 'tensor', id, unit, meanSquare, wide, window: null, name: layer, operator, shape }
  }

  private scaled(expression: Expression, name: string): Expression {
    const { operator, shape } = expression
    const target = { name: `${expression.name}_scaled`, operator, shape, relu: false }
    return this.rescale(expression, name, target, true)
  }

  /** Brings an expression to the scale of the value it makes, through a ReLU where asked. */
  rescale(
    expression: Expression,
    value: string,
    target: Target & { readonly relu: boolean },
    narrows = isWide(expression),
  ): Expression {
    if (isExpansion(expression)) {
      const inner = { ...target, shape: expression.input.shape }
      const input = this.rescale(expression.input, value, inner, narrows)
      const fill = target.relu ? Math.max(0, expression.fill) : expression.fill
      return { ...expression, fill, input }
    }
    const { relu } = target
    const bits = widthOf(this.options, value)
    const range = this.ranges.get(value)!
    const isUnsigned = relu || (narrows && range.min >= 0)
    const levels = isUnsigned ? 2 ** bits - 1 : 2 ** (bits - 1) - 1
    const wanted = (relu ? range.max : Math.max(range.max, -range.min)) / levels || 1
    const settled = settledUnit(expression)
    const scaling =
      settled !== null && !narrows ? { unit: settled, shifts: [0] } : this.scalingTo(expression, wanted)
    const width = settled === null ? bits : Math.max(1, Math.ceil(Math.log2(range.max / scaling.unit + 1)))
    const saturates = relu && (settled === null || narrows)
    const clamp = { low: relu ? 0 : null, saturate: saturates ? width : null, exact: false }
    return this.push(expression, value, scaling, clamp, target)
  }

  /** Values between two real ends; null leaves an end to calibration. */
  clip(expression: Expression, value: string, ends: RealEnds, target: Target): Expression {
    const { low, high } = ends
    if (isExpansion(expression)) {
      const fill = Math.min(Math.max(expression.fill, low ?? -Infinity), high ?? Infinity)
      return { ...expression, fill, input: this.clip(expression.input, value, ends, target) }
    }
    const bits = widthOf(this.options, value)
    const { min, max } = this.ranges.get(value)!
    const bottom = low === null ? Math.min(min, 0) : min > low ? Math.max(low, Math.min(min, 0)) : low
    const reached = high !== null && max >= high - Math.abs(high) / 2 ** bits
    const top = reached ? high : max
    const unit = (top - bottom) / (2 ** bits - 1) || Math.abs(top) / (2 ** bits - 1) || 1
    const clamp = { low: Math.round(bottom / unit), saturate: bits, exact: high !== null }
    const open = this.reopened(expression)
    return this.push(open, value, this.scalingTo(open, unit), clamp, target)
  }

  /** The unit at which a value of this range has the width of an activation. */
  unitFor(value: string, { min, max }: Pick<Range, 'min' | 'max'>): number {
    const bits = widthOf(this.options, value)
    return (min >= 0 ? max / (2 ** bits - 1) : Math.max(max, -min) / (2 ** (bits - 1) - 1)) || 1
  }

  /** An expression in a given unit. */
  inUnit(expression: Expression, value: string, unit: number): TensorExpression {
    if (settledUnit(expression) === unit) return this.tensorOf(expression, value)
    const open = this.reopened(expression)
    const { operator, shape } = expression
    const target = { name: `${expression.name}_scaled`, operator, shape }
    return this.push(
      open,
      value,
      this.scalingTo(open, unit),
      { low: null, saturate: null, exact: false },
      target,
    )
  }

  /** An expression whose elements have one unit. */
  ofOneUnit(expression: Expression, value: string): Expression {
    return expression.kind === 'mixed' ? this.settle(expression, value) : expression
  }

  /** A tensor whose integers stay in a window known now, that of an activation. */
  windowed(expression: Expression, value: string): TensorExpression {
    const tensor = this.narrow(expression, value)
    if (tensor.window !== null) return tensor
    const { min, max } = this.ranges.get(value)!
    const low = Math.floor(min / tensor.unit)
    const bits = bitLength(Math.ceil(max / tensor.unit) - low)
    const { operator, shape } = expression
    const target = { name: `${expression.name}_window`, operator, shape }
    const clamp = { low, saturate: Math.max(1, bits), exact: true }
    return this.push(tensor, value, { unit: tensor.unit, shifts: [0] }, clamp, target)
  }

  /** Multiples of a unit that the model itself gives. */
  quantise(expression: Expression, value: string, grid: Grid, target: Target): Expression {
    if (isExpansion(expression)) {
      const { low, bits, unit } = grid
      const integer = Math.min(Math.max(Math.round(expression.fill / unit), low), low + 2 ** bits - 1)
      return {
        ...expression,
        fill: integer * unit,
        input: this.quantise(expression.input, value, grid, target),
      }
    }
    const isSame = settledUnit(expression) === grid.unit
    const open = isSame ? expression : this.reopened(expression)
    const scaling = isSame ? { unit: grid.unit, shifts: [0] } : this.scalingTo(open, grid.unit)
    return this.push(open, value, scaling, { low: grid.low, saturate: grid.bits, exact: true }, target)
  }

  /** A settled expression whose unit can be chosen again, by a factor. */
  private reopened(expression: Expression): Expression {
    const { name, operator, shape } = expression
    if (settledUnit(expression) === null) return expression
    return { kind: 'sum', name, operator, shape, terms: [expression], constant: null, unit: null }
  }

  /** What an architecture decides about the next rescale or table. */
  private imposed(): ImposedLayer | undefined {
    const { imposed } = this.options
    if (!imposed) return undefined
    const made = this.builder.layers.filter(({ kind }) => kind === 'rescale' || kind === 'table')
    return imposed.layers[made.length]
  }

  private push(
    expression: Expression,
    value: string,
    asked: Scaling,
    clamp: Clamp,
    { name, operator }: Target,
  ): TensorExpression {
    const given = this.options.imposed?.scales ? this.imposed() : undefined
    const { unit, shifts } = given ? { unit: given.unit, shifts: given.layer.shifts } : asked
    const { exact } = clamp
    const { low, saturate } = given?.layer.kind === 'rescale' ? given.layer : clamp
    const input = this.builder.build(
      expression,
      shifts.map((shift) => unit / 2 ** shift),
    )
    const { shape } = expression
    const id = this.builder.tensor(name, shape, [unit], 0)
    const channelAxis = unitAxis(expression) ?? 0
    const layer: QLayer = {
      kind: 'rescale',
      name,
      operator,
      input,
      output: id,
      shifts,
      channelAxis,
      low,
      saturate,
    }
    this.builder.layers.push(layer)
    if (exact) this.exactSaturations.add(layer)
    const window = exact ? { low: low!, bits: saturate! } : null
    const { meanSquare } = this.ranges.get(value)!
    return { kind: 'tensor', id, unit, meanSquare, wide: false, window, name, operator, shape }
  }

  /**
   * A function of each element, or one per channel of axis 1.
   * @throws ZkserveError `UNSUPPORTED_OPERATOR` where the function has no finite value
   */
  table(expression: Expression, value: string, chain: FunctionChain, target: Target): Expression {
    const { source: key, functions, relative } = chain
    const perChannel = functions.length > 1
    const [apply] = functions as readonly [RealFunction]
    if (!perChannel && isExpansion(expression) && Number.isFinite(apply(expression.fill))) {
      const input = this.table(expression.input, value, chain, target)
      return { ...expression, fill: apply(expression.fill), input }
    }
    const axis = unitAxis(expression)
    if (perChannel && axis !== null && axis !== 1) {
      return this.table(this.settle(expression, key), value, chain, target)
    }
    const bits = widthOf(this.options, value)
    const task: TableTask = {
      functions,
      relative,
      bits,
      keys: this.ranges.get(key)!,
      results: this.ranges.get(value)!,
    }
    const given = this.options.imposed?.scales ? imposedTable(this.imposed()) : undefined
    const grid = given?.grid ?? chain.grid ?? resultGrid(task)
    const keys = livingKeys(task, grid)
    const width = keyBits(task, grid, keys)
    const wanted = keyUnit(keys, width)
    const settled = settledUnit(expression)
    const scaling =
      given?.scaling ??
      (settled === null ? this.scalingTo(expression, wanted) : keyScaling(settled, wanted, keys))
    const input = this.builder.build(
      expression,
      scaling.shifts.map((shift) => scaling.unit / 2 ** shift),
    )
    const { name, operator } = target
    const { shape } = expression
    const id = this.builder.tensor(name, shape, [grid.unit], 0)
    const window = given?.window ?? keyWindow(keys, scaling.unit)
    const tables = given?.tables ?? functions.map((each) => tableOf(each, window, scaling.unit, grid))
    const channelAxis = perChannel ? 1 : (axis ?? 0)
    const { shifts } = scaling
    this.builder.layers.push({
      kind: 'table',
      name,
      operator,
      input,
      output: id,
      shifts,
      channelAxis,
      ...window,
      tables,
    })
    const { meanSquare } = this.ranges.get(value)!
    const { unit, low, bits: resultBits } = grid
    const results = { low, bits: resultBits }
    return { kind: 'tensor', id, unit, meanSquare, wide: false, window: results, name, operator, shape }
  }

  /** The unit of an expression near `wanted`: that very one where it is open, a power of two of its own where not. */
  private scalingTo(expression: Expression, wanted: number): Scaling {
    const settled = settledUnit(expression)
    if (settled === null) return { unit: wanted, shifts: this.shifts(expression, wanted) }
    const shift = Math.max(0, Math.floor(Math.log2(wanted / settled)))
    return { unit: settled * 2 ** shift, shifts: [shift] }
  }

  private shifts(expression: Expression, target: number): number[] {
    const finest = finestUnits(expression, this.largestWeight)
    const isMap = sizeOf(expression.shape) > finest.length
    const error = this.feedsProducts ? weightErrors.factor : isMap ? weightErrors.map : weightErrors.neuron
    const factor = this.options.weightError ?? 1
    const coarsest = coarsestUnits(expression, factor * error * target)
    if (this.options.weights !== 'committed') return shiftsTo(target, finest, coarsest)
    // One shift for all channels, so that it tells next to nothing of their weights.
    return [
      this.imposed()?.layer.shifts[0] ?? shiftsTo(target, [Math.max(...finest)], [Math.min(...coarsest)])[0]!,
    ]
  }

  /**
   * The tensor of an output: an open expression keeps its accumulators, all in one unit. Where all weights are 0, the
   * unit is fine enough for the constants that are left. Products too wide for an output lose their lowest bits.
   */
  finishOutput(expression: Expression, value: string): { id: TensorId; unit: number } {
    const settled = settledUnit(expression)
    if (settled !== null && this.coarser > 0 && isWide(expression)) {
      const { operator, shape } = expression
      const target = { name: `${expression.name}_scaled`, operator, shape }
      const scaling = { unit: settled * 2 ** this.coarser, shifts: [this.coarser] }
      return this.push(expression, value, scaling, { low: null, saturate: null, exact: false }, target)
    }
    if (settled !== null) return { id: this.builder.build(expression, [settled]), unit: settled }
    const { min, max } = this.ranges.get(value)!
    const constantUnit = Math.max(max, -min) / this.largestWeight || 1
    const unit =
      (Math.max(...finestUnits(expression, this.largestWeight)) || constantUnit) * 2 ** this.coarser
    return { id: this.builder.build(expression, [unit]), unit }
  }

  /** The index of the largest element of each row of a tensor's last axis. */
  pushArgMax(
    input: TensorId,
    { name, operator, shape, selectLast }: Target & { readonly selectLast: boolean },
  ): TensorExpression {
    const output = this.builder.tensor(name, shape, [1], 0)
    this.builder.layers.push({ kind: 'argMax', name, operator, input, output, selectLast })
    const rest = { meanSquare: 1, wide: false, window: null }
    return { kind: 'tensor', id: output, unit: 1, ...rest, name, operator, shape }
  }
}
