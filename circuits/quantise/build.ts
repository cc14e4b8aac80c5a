/** Integer layers from expressions whose units are decided. */
import { ZkserveError } from '#circuits/errors.js'
import { type Shape, sizeOf } from '#circuits/graph/graph.js'
import type { QLayer, QTensor, QTerm, TensorId } from '#circuits/qmodel/qmodel.js'
import { channelOf } from '#circuits/qmodel/window.js'
import {
  commonDivisor,
  divisors,
  type Expression,
  type LinearExpression,
  type MeanExpression,
  type ScaleExpression,
  type SumExpression,
  settledUnit,
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
      case 'linear':
        return this.linear(expression, units)
      case 'scale':
        return this.scale(expression, units)
      case 'sum':
        return this.sum(expression, units)
      case 'mean':
        return this.mean(expression, units)
      case 'maximum':
      case 'reindex': {
        const input = this.build(expression.input, units)
        const output = this.result(expression, settledOr(expression, units))
        const { name, operator } = expression
        if (expression.kind === 'maximum') {
          this.layers.push({ kind: 'maxPool', name, operator, input, output, window: expression.node.window })
        } else {
          const unit = settledOr(expression, units)[0]!
          const fill = Math.round(expression.fill / unit)
          this.layers.push({
            kind: 'reindex',
            name,
            operator,
            inputs: [input],
            output,
            indices: expression.indices,
            fill,
          })
        }
        return output
      }
    }
  }

  private result(expression: Expression, units: readonly number[]): TensorId {
    return this.tensor(expression.name, expression.shape, units, unitAxis(expression) ?? 0)
  }

  private linear(expression: LinearExpression, units: readonly number[]): TensorId {
    const { node, name, operator } = expression
    const inputUnit = settledUnit(expression.input)!
    const input = this.build(expression.input, [inputUnit])
    const output = this.result(expression, units)
    const channels = node.weight.shape[0]!
    const perChannel = node.weight.data.length / channels
    const unitOf = (c: number) => (units.length === 1 ? units[0]! : units[c]!)
    const weight = Int32Array.from(node.weight.data, (value, i) =>
      within32Bits(name, Math.round((value * inputUnit) / unitOf(Math.floor(i / perChannel)))),
    )
    const bias = Float64Array.from({ length: channels }, (_, c) =>
      Math.round((node.bias?.data[c] ?? 0) / unitOf(c)),
    )
    const common = { name, operator, input, output, weight, weightShape: node.weight.shape, bias }
    if (node.kind === 'dense') this.layers.push({ kind: 'dense', ...common })
    else this.layers.push({ kind: 'conv', ...common, window: node.window, groups: node.groups })
    return output
  }

  private scale(expression: ScaleExpression, units: readonly number[]): TensorId {
    const { node, name, operator, shape } = expression
    const inputUnit = settledUnit(expression.input)!
    const input = this.build(expression.input, [inputUnit])
    const output = this.result(expression, units)
    const unitOf = (c: number) => (units.length === 1 ? units[0]! : units[c]!)
    const factors = Array.from(node.scale.data, (value, c) => Math.round((value * inputUnit) / unitOf(c)))
    const constant = Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
      const c = channelOf(shape, 1, i)
      return Math.round(node.offset.data[c]! / unitOf(c))
    })
    this.layers.push({
      kind: 'combine',
      name,
      operator,
      output,
      terms: [{ input, factors }],
      constant,
      channelAxis: 1,
    })
    return output
  }

  private sum(expression: SumExpression, units: readonly number[]): TensorId {
    const { name, operator, shape } = expression
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
