import { type Expression, isWide, type SumExpression, settledUnit } from '#circuits/quantise/expression.js'
import type { Settler, Target } from '#circuits/quantise/settle.js'

/** Largest ratio of units that a sum takes as it is: beyond, the finer term is noise to the coarser. */
const largestRatio = 4096

/**
 * The least unit of which all others are multiples, or null where there is none.
 */
function commonUnit(units: readonly (number | null)[]): number | null {
  if (units.some((unit) => unit === null)) return null
  const least = Math.min(...(units as number[]))
  const fits = (units as number[]).every((unit) => {
    const ratio = unit / least
    return ratio <= largestRatio && Math.abs(ratio - Math.round(ratio)) < 1e-9 * ratio
  })
  return fits ? least : null
}

/**
 * A sum of values and a constant. Products of one unit, or of multiples of one, are added as they are; beside sums
 * whose units are open they are first made as narrow as activations.
 */
export function sumOf(
  settler: Settler,
  base: Target,
  inputs: readonly Expression[],
  names: readonly string[],
  constant: Float32Array | null,
): SumExpression {
  const hasFine = inputs.some((term) => isWide(term) || hasMean(term))
  const unit = hasFine ? commonUnit(inputs.map(settledUnit)) : null
  if (unit !== null) return { kind: 'sum', ...base, terms: inputs, constant, unit }
  const isAlone = inputs.length === 1
  const terms = inputs.map((term, i) => {
    if (isAlone) return term
    return isWide(term) ? settler.narrow(term, names[i]!) : withNarrowInput(settler, term)
  })
  return { kind: 'sum', ...base, terms, constant, unit: null }
}

/** A term whose layer reads no products: beside a coarser sum, weights over integers so fine would be less than 1. */
function withNarrowInput(settler: Settler, term: Expression): Expression {
  if (term.kind === 'linear') {
    return isWide(term.input) ? { ...term, input: settler.narrow(term.input, term.node.input) } : term
  }
  const isView = term.kind === 'times' || term.kind === 'reindex' || term.kind === 'maximum'
  return isView ? { ...term, input: withNarrowInput(settler, term.input) } : term
}

/** Whether a settled expression's unit is finer than that of what it is a mean of. */
function hasMean(expression: Expression): boolean {
  if (expression.kind === 'mean') return true
  return 'input' in expression && expression.kind !== 'linear' && hasMean(expression.input)
}
