import type { PrimeField } from './field.js'

/** Σ coefficient·wire + constant; coefficients are reduced and not 0. */
export interface Linear {
  readonly terms: readonly (readonly [wire: number, coefficient: bigint])[]
  readonly constant: bigint
}

/** left·first + right·second. */
export function combine(
  field: PrimeField,
  [left, first]: readonly [bigint, Linear],
  [right, second]: readonly [bigint, Linear],
): Linear {
  const sum = new Map<number, bigint>()
  for (const [factor, form] of [
    [left, first],
    [right, second],
  ] as const) {
    if (factor === 0n) continue
    for (const [wire, coefficient] of form.terms) {
      sum.set(wire, (sum.get(wire) ?? 0n) + factor * coefficient)
    }
  }
  const terms = [...sum].map(([wire, coefficient]) => [wire, field.reduce(coefficient)] as const)
  return {
    terms: terms.filter(([, coefficient]) => coefficient !== 0n),
    constant: field.reduce(left * first.constant + right * second.constant),
  }
}

/** factor·form + constant. */
export function scale(field: PrimeField, form: Linear, factor: bigint, constant = 0n): Linear {
  return combine(field, [factor, form], [1n, { terms: [], constant }])
}

/** The form with every known wire replaced by its value. */
export function substitute(field: PrimeField, form: Linear, values: readonly (bigint | undefined)[]): Linear {
  const terms: (readonly [number, bigint])[] = []
  let constant = form.constant
  for (const term of form.terms) {
    const value = values[term[0]]
    if (value === undefined) terms.push(term)
    else if (value !== 0n) constant += term[1] * value
  }
  return { terms, constant: field.reduce(constant) }
}
