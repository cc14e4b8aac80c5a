import type { AffineForm } from '#prover/witness/plan/forms.js'
import type { ConstraintSystem } from '#prover/witness/plan/system.js'

/** A sum that is 0 or 1, by a constraint sum · (1 - sum) = 0. */
export interface BooleanSum {
  readonly form: AffineForm
  /** Factor of the form in the sum. */
  readonly sign: 1 | -1
}

/** The sum that a constraint makes boolean, and 1 less it, in this order or the other; null for other constraints. */
export function booleanSums(
  system: ConstraintSystem,
  constraint: number,
): readonly [BooleanSum, BooleanSum] | null {
  const { r1cs, coefficients } = system
  if (!system.isEmpty(r1cs.c, constraint)) return null
  const left = system.row(r1cs.a, constraint)
  const right = system.row(r1cs.b, constraint)
  const { length } = left.wires
  if (length === 0 || right.wires.length !== length) return null
  const isOpposite = left.factors[0] !== right.factors[0]
  for (let k = 0; k < length; k++) {
    if (left.wires[k] !== right.wires[k]) return null
    const factor = isOpposite ? coefficients.negative(left.factors[k]!) : left.factors[k]!
    if (factor !== right.factors[k]) return null
  }
  // left · (± left + rest) = 0: left is 0 or ∓ rest.
  const start = coefficients.values[left.constant]!
  const rest = coefficients.values[right.constant]! - (isOpposite ? -start : start)
  const other = isOpposite ? rest : -rest
  if (other !== 1n && other !== -1n) return null
  const sign = other === 1n ? 1 : -1
  return [
    { form: left, sign },
    { form: right, sign: isOpposite ? sign : sign === 1 ? -1 : 1 },
  ]
}

/** Unknown bits of a sum, and the quotient above them. */
export interface Decomposition {
  /** Bits 1, 2, … by wire. */
  readonly bits: readonly number[]
  /** Wire of the sum divided by 2^(bits + 1), rounded down; 0 where there is none. */
  readonly quotient: number
}

/**
 * Reads the unknown wires of a boolean sum as its bits: -2·bit1 - 4·bit2 … - 2^s·quotient. A wire of another origin
 * that is unknown still is not mistaken for the next bit: a sum that moves by 2^n with it has a bit n of its own.
 */
export function readDecomposition(
  { coefficients }: ConstraintSystem,
  { form, sign }: BooleanSum,
  isUnknown: (wire: number) => boolean,
  isBoolean: (wire: number) => boolean,
): Decomposition | null {
  const byExponent: number[] = []
  let count = 0
  for (let k = 0; k < form.wires.length; k++) {
    const wire = form.wires[k]!
    if (!isUnknown(wire)) continue
    const exponent = exponentOf(coefficients.values[form.factors[k]!]! * BigInt(-sign))
    if (exponent < 1 || byExponent[exponent] !== undefined) return null
    byExponent[exponent] = wire
    count++
  }
  const inOrder = byExponent.slice(1)
  if (count === 0 || inOrder.length !== count) return null
  const last = inOrder.at(-1)!
  if (!inOrder.slice(0, -1).every(isBoolean)) return null
  return isBoolean(last) ? { bits: inOrder, quotient: 0 } : { bits: inOrder.slice(0, -1), quotient: last }
}

/** e where the value is 2^e, else -1. */
function exponentOf(value: bigint): number {
  if (value <= 0n || (value & (value - 1n)) !== 0n) return -1
  return value.toString(2).length - 1
}
