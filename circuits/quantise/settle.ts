/** Fixes open expressions: chooses units, builds their layers, and brings them to a scale. */
import { ZkserveError } from '#circuits/errors.js'
import { type Shape, sizeOf } from '#circuits/graph/graph.js'
import type { TensorId } from '#circuits/qmodel/qmodel.js'
import { LayerBuilder } from '#circuits/quantise/build.js'
import type { Range } from '#circuits/quantise/calibrate.js'
import {
  type Expression,
  settledUnit,
  type TensorExpression,
  unitAxis,
} from '#circuits/quantise/expression.js'
import { type QuantiseOptions, weightBits, widthOf } from '#circuits/quantise/options.js'
import { coarsestUnits, finestUnits, shiftsTo } from '#circuits/quantise/units.js'

/**
 * Error that rounding weights may add to an activation, root mean square, in steps of its scale. Each halving costs
 * a constraint per neuron. Maps have many neurons, and what reads them averages their errors; the neurons of dense
 * layers are few. On 10,000 digits these lose at most 0.08 points against a quarter of them.
 */
const weightErrors = { map: 1, neuron: 0.5 }

/** The layer that a value is made by, for people. */
interface Target {
  readonly name: string
  readonly operator: string
  readonly shape: Shape
}

/** Turns expressions into tensors. */
export class Settler {
  readonly builder = new LayerBuilder()
  private readonly largestWeight: number

  /** @param coarser outputs get units that are coarser by 2^coarser */
  constructor(
    private readonly ranges: ReadonlyMap<string, Range>,
    private readonly options: QuantiseOptions,
    private readonly coarser: number,
  ) {
    this.largestWeight = 2 ** (weightBits(options) - 1) - 1
  }

  /** An expression whose unit is settled, rescaled to the range of `name` where it was open. */
  settle(expression: Expression, name: string): Expression {
    if (settledUnit(expression) !== null) return expression
    const { operator, shape } = expression
    return this.rescale(expression, name, { name: `${expression.name}_scaled`, operator, shape, relu: false })
  }

  /** Brings an expression to the scale of the value it makes, through a ReLU where asked. */
  rescale(expression: Expression, value: string, target: Target & { readonly relu: boolean }): Expression {
    if (expression.kind === 'reindex') {
      const input = this.rescale(expression.input, value, { ...target, shape: expression.input.shape })
      const fill = target.relu ? Math.max(0, expression.fill) : expression.fill
      return { ...expression, fill, input }
    }
    const { name, operator, relu } = target
    const bits = widthOf(this.options, value)
    const range = this.ranges.get(value)!
    const levels = relu ? 2 ** bits - 1 : 2 ** (bits - 1) - 1
    const settled = settledUnit(expression)
    const unit = settled ?? ((relu ? range.max : Math.max(range.max, -range.min)) / levels || 1)
    const channelAxis = unitAxis(expression) ?? 0
    const shifts = settled !== null ? [0] : this.shifts(expression, unit)
    const input = this.builder.build(
      expression,
      shifts.map((shift) => unit / 2 ** shift),
    )
    const id = this.builder.tensor(name, expression.shape, [unit], 0)
    this.builder.layers.push({
      kind: 'rescale',
      name,
      operator,
      input,
      output: id,
      shifts,
      channelAxis,
      low: relu ? 0 : null,
      saturate: relu && settled === null ? bits : null,
    })
    return { kind: 'tensor', id, unit, meanSquare: range.meanSquare, name, operator, shape: expression.shape }
  }

  private shifts(expression: Expression, target: number): number[] {
    const finest = finestUnits(expression, this.largestWeight)
    const error = sizeOf(expression.shape) > finest.length ? weightErrors.map : weightErrors.neuron
    const factor = this.options.weightError ?? 1
    return shiftsTo(target, finest, coarsestUnits(expression, factor * error * target))
  }

  /**
   * The tensor of an output: an open expression keeps its accumulators, all in one unit. Where all weights are 0, the
   * unit is fine enough for the constants that are left.
   */
  finishOutput(expression: Expression, value: string): { id: TensorId; unit: number } {
    const settled = settledUnit(expression)
    if (settled !== null) return { id: this.builder.build(expression, [settled]), unit: settled }
    const { min, max } = this.ranges.get(value)!
    const constantUnit = Math.max(max, -min) / this.largestWeight || 1
    const unit =
      (Math.max(...finestUnits(expression, this.largestWeight)) || constantUnit) * 2 ** this.coarser
    return { id: this.builder.build(expression, [unit]), unit }
  }

  /** @throws ZkserveError `UNSUPPORTED_SHAPE` where other axes are longer than 1 */
  argMax(
    expression: Expression,
    axis: number,
    value: string,
    target: Target & { readonly selectLast: boolean },
  ): Expression {
    if (expression.shape[axis] !== sizeOf(expression.shape)) {
      throw new ZkserveError(
        'UNSUPPORTED_SHAPE',
        `ArgMax "${target.name}" is supported along the only axis longer than 1, got shape [${expression.shape}] and axis ${axis}`,
      )
    }
    const { id } = this.finishOutput(expression, value)
    return this.pushArgMax(id, target)
  }

  /** The index of the largest element of a tensor. */
  pushArgMax(
    input: TensorId,
    { name, operator, shape, selectLast }: Target & { readonly selectLast: boolean },
  ): TensorExpression {
    const output = this.builder.tensor(name, shape, [1], 0)
    this.builder.layers.push({ kind: 'argMax', name, operator, input, output, selectLast })
    return { kind: 'tensor', id: output, unit: 1, meanSquare: 1, name, operator, shape }
  }
}
