/** Choice of units: fine enough that rounding weights does not show, and no weight wider than allowed. */
import { type Column, columnAt, columnsOf } from '#circuits/quantise/columns.js'
import {
  commonDivisor,
  type Expression,
  type LinearExpression,
  type ScaleExpression,
  settledUnit,
  unitAxis,
} from '#circuits/quantise/expression.js'

/** An expression with weights or factors of its own. */
type Leaf = Extract<Expression, { kind: 'tensor' | 'mixed' | 'linear' | 'scale' }>

/** A demand on units: what each leaf asks for, per channel or for all, and which of two demands holds. */
interface Demand {
  leaf(leaf: Leaf): number[]
  stricter(a: number, b: number): number
}

/** One unit per channel of `unitAxis`, or one for all where the expression has no such axis. */
function unitsFor(expression: Expression, demand: Demand): number[] {
  const axis = unitAxis(expression)
  const channels = axis === null ? 1 : expression.shape[axis]!
  const units = collect(expression, demand)
  if (units.length === channels) return units
  if (units.length === 1) return new Array(channels).fill(units[0]!)
  return [units.reduce((a, b) => demand.stricter(a, b))]
}

function collect(expression: Expression, demand: Demand): number[] {
  switch (expression.kind) {
    case 'tensor':
    case 'mixed':
    case 'linear':
    case 'scale':
      return demand.leaf(expression)
    case 'times':
      return collect(expression.input, demand).map((unit) => unit * Math.abs(expression.factor))
    case 'mean':
      return collect(expression.input, demand).map((unit) => unit / commonDivisor(expression))
    case 'maximum':
      return collect(expression.input, demand)
    case 'reindex':
      return [collect(expression.input, demand).reduce((a, b) => demand.stricter(a, b))]
    case 'sum': {
      const open = expression.terms.filter((term) => settledUnit(term) === null)
      const settled = expression.terms.filter((term) => settledUnit(term) !== null)
      const units = demandOf(open.length > 0 ? open : settled, expression, demand)
      if (open.length === 0 || settled.length === 0 || units.every(isDemanding)) return units
      // Where the open terms have no weight, it is the others that must not be lost.
      const others = demandOf(settled, expression, demand)
      return units.map((unit, c) =>
        isDemanding(unit) ? unit : others.length === 1 ? others[0]! : others[c]!,
      )
    }
  }
}

const isDemanding = (unit: number): boolean => unit > 0 && Number.isFinite(unit)

/** What holds for the terms of a sum together, per channel of the sum. */
function demandOf(addends: readonly Expression[], sum: Expression, demand: Demand): number[] {
  const oneForAll = unitAxis(sum) === null
  const terms = addends.map((term) => {
    const units = unitsFor(term, demand)
    return oneForAll ? [units.reduce((a, b) => demand.stricter(a, b))] : units
  })
  const channels = Math.max(...terms.map((units) => units.length))
  return Array.from({ length: channels }, (_, c) =>
    terms
      .map((units) => (units.length === 1 ? units[0]! : units[c]!))
      .reduce((a, b) => demand.stricter(a, b)),
  )
}

/** The weights of each channel one after the other, and how many channels there are. */
function weightsOf(leaf: LinearExpression | ScaleExpression): { data: Float32Array; channels: number } {
  if (leaf.kind === 'scale') return { data: leaf.factors, channels: leaf.factors.length }
  return { data: leaf.node.weight.data, channels: leaf.node.weight.shape[0]! }
}

/** Maps each channel of a leaf to a number. */
function byChannel(
  leaf: LinearExpression | ScaleExpression,
  of: (weights: Float32Array, channel: number) => number,
): number[] {
  const { data, channels } = weightsOf(leaf)
  const length = data.length / channels
  return Array.from({ length: channels }, (_, c) => of(data.subarray(c * length, (c + 1) * length), c))
}

/** The columns that a linear leaf multiplies, where they have units of their own. */
function mixedColumns(
  leaf: LinearExpression | ScaleExpression,
): ((channel: number, k: number) => Column) | null {
  if (leaf.kind === 'scale' || leaf.input.kind !== 'mixed') return null
  const columns = columnsOf(leaf.input, leaf.node)!
  return (channel, k) => columns[columnAt(leaf.node, channel, k)]!
}

/**
 * The finest unit per channel (or the one for all) at which no weight exceeds `largest` in magnitude.
 * 0 where a channel has no weight but zeros.
 */
export function finestUnits(expression: Expression, largest: number): number[] {
  return unitsFor(expression, {
    stricter: Math.max,
    leaf: (leaf) => {
      if (leaf.kind === 'tensor') return [leaf.unit / largest]
      if (leaf.kind === 'mixed') return [Math.max(...leaf.units) / largest]
      const most = leaf.kind === 'linear' ? largest * 2 ** leaf.extraBits : largest
      const column = mixedColumns(leaf)
      const unit = column === null ? settledUnit(leaf.input)! : 1
      return byChannel(leaf, (weights, c) => {
        const magnitude = (w: number, k: number) => Math.abs(w) * (column === null ? 1 : column(c, k).unit)
        return (weights.reduce((sum, w, k) => Math.max(sum, magnitude(w, k)), 0) * unit) / most
      })
    },
  })
}

/**
 * The coarsest unit per channel at which rounding the weights adds an error of at most `error`, root mean square,
 * to a sum: each of K weights is off by a uniform ±1/2 unit, on inputs of the calibrated mean square.
 */
export function coarsestUnits(expression: Expression, error: number): number[] {
  const deviation = Math.sqrt(12)
  const units = (inputUnit: number, square: number) => (error * deviation * inputUnit) / Math.sqrt(square)
  return unitsFor(expression, {
    stricter: Math.min,
    leaf: (leaf) => {
      if (leaf.kind === 'tensor') return [units(leaf.unit, leaf.meanSquare)]
      if (leaf.kind === 'mixed') {
        return [units(1, Math.max(...leaf.meanSquares.map((square, i) => square / leaf.units[i]! ** 2)))]
      }
      const column = mixedColumns(leaf)
      return byChannel(leaf, (weights, c) => {
        if (column === null) {
          return units(
            settledUnit(leaf.input)!,
            weights.filter((weight) => weight !== 0).length * leaf.meanSquare,
          )
        }
        const squares = weights.reduce((sum, weight, k) => {
          const { unit, meanSquare } = column(c, k)
          return weight === 0 ? sum : sum + meanSquare / unit ** 2
        }, 0)
        return units(1, squares)
      })
    },
  })
}

/** Largest shift that is worth its bits: beyond it an accumulator is finer than any activation needs. */
const maximumShift = 24

/**
 * Shifts per channel that lead to the scale `target`: the least at which units are not coarser than `coarsest`,
 * unless they would become finer than `finest`.
 */
export function shiftsTo(target: number, finest: readonly number[], coarsest: readonly number[]): number[] {
  return finest.map((unit, c) => {
    if (unit === 0) return 0
    const enough = Math.ceil(Math.log2(target / coarsest[c]!))
    return Math.max(0, Math.min(maximumShift, Math.floor(Math.log2(target / unit)), enough))
  })
}
