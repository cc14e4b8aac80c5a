/** What can be read off a constraint system without a witness. */
import type { Linear } from './linear.js'
import type { Part } from './part.js'
import type { System } from './system.js'

/** Bits of the widest decomposition: booleans that one linear relation weighs by distinct powers of two. */
export function widestDecomposition({ field, booleans, linear, products }: System): number {
  const exponents = new Map<bigint, number>()
  for (let exponent = 0, power = 1n; exponent <= 300; exponent++, power = field.reduce(2n * power)) {
    exponents.set(power, exponent)
    exponents.set(field.modulus - power, exponent)
  }
  const width = (form: Linear): number => {
    const weights = form.terms.flatMap(([wire, coefficient]) => (booleans.has(wire) ? [coefficient] : []))
    const counts = weights.map((unit) => {
      const inverse = field.inverse(unit)
      return new Set(weights.flatMap((weight) => exponents.get(field.reduce(weight * inverse)) ?? [])).size
    })
    return Math.max(0, ...counts)
  }
  const forms = [...linear, ...products.flatMap(({ a, b, c }) => [a, b, c])]
  return forms.reduce((widest, form) => Math.max(widest, width(form)), 0)
}

/** Names of the wires that no constraint mentions. */
export function unconstrainedWires({ constraints, wireNames }: Part): string[] {
  const used = new Set(
    constraints.flatMap(({ a, b, c }) => [a, b, c].flatMap(({ terms }) => terms.map(([wire]) => wire))),
  )
  return wireNames.filter((_, wire) => wire > 0 && !used.has(wire))
}
