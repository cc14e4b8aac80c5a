/** Choice of units: fine enough that rounding weights does not show, and no weight wider than allowed. */
import { commonDivisor, type Expression, settledUnit, unitAxis } from '#circuits/quantise/expression.js'

/** An expression with weights or factors of its own. */
type Leaf = Extract<Expression, { kind: 'tensor' | 'linear' | 'scale' }>

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
    case 'linear':
    case 'scale':
      return demand.leaf(expression)
    case 'mean':
      return collect(expression.input, demand).map((unit) => unit / commonDivisor(expression))
    case 'maximum':
      return collect(expression.input, demand)
    case 'reindex':
      return [collect(expression.input, demand).reduce((a, b) => demand.stricter(a, b))]
    case 'sum': {
      const open = expression.terms.filter((term) => settledUnit(term) === null)
      const oneForAll = unitAxis(expression) === null
      const terms = (open.length > 0 ? open : expression.terms).map((term) => {
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
  }
}

/** Maps each of `count` equal stretches of `data` to a number. */
function byChannel(data: Float32Array, count: number, of: (channel: Float32Array) => number): number[] {
  const length = data.length / count
  return Array.from({ length: count }, (_, c) => of(data.subarray(c * length, (c + 1) * length)))
}

/**
 * The finest unit per channel (or the one for all) at which no weight exceeds `largest` in magnitude.
 * 0 where a channel has no weight but zeros.
 */
export function finestUnits(expression: Expression, largest: number): number[] {
  const magnitude = (weights: Float32Array) => weights.reduce((most, w) => Math.max(most, Math.abs(w)), 0)
  return unitsFor(expression, {
    stricter: Math.max,
    leaf: (leaf) => {
      if (leaf.kind === 'tensor') return [leaf.unit / largest]
      const weights = leaf.kind === 'linear' ? leaf.node.weight : leaf.node.scale
      const unit = settledUnit(leaf.input)!
      return byChannel(weights.data, weights.shape[0]!, (channel) => (magnitude(channel) * unit) / largest)
    },
  })
}

/**
 * The coarsest unit per channel at which rounding the weights adds an error of at most `error`, root mean square,
 * to a sum: each of K weights is off by a uniform ±1/2 unit, on inputs of the calibrated mean square.
 */
export function coarsestUnits(expression: Expression, error: number): number[] {
  const deviation = Math.sqrt(12)
  const units = (inputUnit: number, weights: number, meanSquare: number) =>
    (error * deviation * inputUnit) / Math.sqrt(weights * meanSquare)
  return unitsFor(expression, {
    stricter: Math.min,
    leaf: (leaf) => {
      if (leaf.kind === 'tensor') return [units(leaf.unit, 1, leaf.meanSquare)]
      const weights = leaf.kind === 'linear' ? leaf.node.weight : leaf.node.scale
      const unit = settledUnit(leaf.input)!
      return byChannel(weights.data, weights.shape[0]!, (channel) =>
        units(unit, channel.filter((weight) => weight !== 0).length, leaf.meanSquare),
      )
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
