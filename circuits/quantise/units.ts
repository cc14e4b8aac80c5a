/** Choice of units: the finest that keeps every weight within its width. */
import { commonDivisor, type Expression, settledUnit, unitAxis } from '#circuits/quantise/expression.js'

/** Largest magnitude of `data` in each of `count` equal stretches. */
function largestBy(data: ArrayLike<number>, count: number): number[] {
  const length = data.length / count
  return Array.from({ length: count }, (_, i) => {
    let largest = 0
    for (let k = i * length; k < (i + 1) * length; k++) largest = Math.max(largest, Math.abs(data[k]!))
    return largest
  })
}

/**
 * The finest unit per channel (or the one for all) at which no weight exceeds `largest` in magnitude.
 * 0 where a channel has no weight but zeros.
 */
export function finestUnits(expression: Expression, largest: number): number[] {
  const axis = unitAxis(expression)
  const channels = axis === null ? 1 : expression.shape[axis]!
  const units = required(expression, largest)
  if (units.length === channels) return units
  if (units.length === 1) return new Array(channels).fill(units[0]!)
  return [Math.max(...units)]
}

function required(expression: Expression, largest: number): number[] {
  switch (expression.kind) {
    case 'tensor':
      return [expression.unit / largest]
    case 'linear': {
      const unit = settledUnit(expression.input)!
      const { weight } = expression.node
      return largestBy(weight.data, weight.shape[0]!).map((value) => (value * unit) / largest)
    }
    case 'scale': {
      const unit = settledUnit(expression.input)!
      return Array.from(expression.node.scale.data, (value) => (Math.abs(value) * unit) / largest)
    }
    case 'mean':
      return required(expression.input, largest).map((unit) => unit / commonDivisor(expression))
    case 'maximum':
      return required(expression.input, largest)
    case 'reindex':
      return [Math.max(...required(expression.input, largest))]
    case 'sum': {
      const open = expression.terms.filter((term) => settledUnit(term) === null)
      const terms = (open.length > 0 ? open : expression.terms).map((term) => finestUnits(term, largest))
      const channels = Math.max(...terms.map((units) => units.length))
      return Array.from({ length: channels }, (_, c) =>
        Math.max(...terms.map((units) => (units.length === 1 ? units[0]! : units[c]!))),
      )
    }
  }
}

/** Largest shift that is worth its bits: beyond it an accumulator is finer than any activation needs. */
const maximumShift = 24

/** Shifts per channel that lead from the finest allowed units to the scale `target`. */
export function shiftsTo(target: number, units: readonly number[]): number[] {
  return units.map((unit) => {
    if (unit === 0) return 0
    return Math.min(maximumShift, Math.max(0, Math.floor(Math.log2(target / unit))))
  })
}
