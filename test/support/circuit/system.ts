/**
 * A constraint system in the shape that the solver works on: linear relations, booleans, and products. Boolean
 * means every quadratic L·(L − 1) = 0: where L is more than one wire, a wire beyond the circuit's own stands for it.
 */
import { scalarModulus } from '#prover/curve/bn254.js'
import { fromLittleEndian } from '#prover/curve/bytes.js'
import type { R1cs, SparseMatrix } from '#prover/r1cs/r1cs.js'
import { PrimeField } from './field.js'
import { combine, type Linear, scale } from './linear.js'

/** a · b = c */
export interface Product {
  readonly a: Linear
  readonly b: Linear
  readonly c: Linear
}

export interface System {
  readonly field: PrimeField
  /** Wires of the circuit; helper wires of the solver have higher numbers. */
  readonly wireCount: number
  readonly helperCount: number
  /** Forms that are 0. */
  readonly linear: readonly Linear[]
  /** Wires, helpers among them, that are 0 or 1. */
  readonly booleans: ReadonlySet<number>
  readonly products: readonly Product[]
}

export function systemOf(field: PrimeField, wireCount: number, constraints: readonly Product[]): System {
  const linear: Linear[] = []
  const booleans = new Set<number>()
  const products: Product[] = []
  let helperCount = 0
  for (const { a, b, c } of constraints) {
    const flag = booleanForm(field, a, b, c)
    if (a.terms.length === 0) linear.push(combine(field, [a.constant, b], [-1n, c]))
    else if (b.terms.length === 0) linear.push(combine(field, [b.constant, a], [-1n, c]))
    else if (flag === null) products.push({ a, b, c })
    else if (flag.terms.length === 1 && flag.terms[0]![1] === 1n && flag.constant === 0n) {
      booleans.add(flag.terms[0]![0])
    } else {
      const helper = wireCount + helperCount++
      booleans.add(helper)
      linear.push(combine(field, [1n, flag], [-1n, { terms: [[helper, 1n]], constant: 0n }]))
    }
  }
  return { field, wireCount, helperCount, linear, booleans, products }
}

/** L where the constraint says L·(L − 1) = 0, else null. */
function booleanForm(field: PrimeField, a: Linear, b: Linear, c: Linear): Linear | null {
  if (c.terms.length > 0 || c.constant !== 0n || a.terms.length === 0 || b.terms.length === 0) return null
  // b = ratio·a + shift has the roots a = 0 and a = −shift/ratio.
  const ratio = b.terms.find(([wire]) => wire === a.terms[0]![0])
  if (!ratio) return null
  const factor = field.reduce(ratio[1] * field.inverse(a.terms[0]![1]))
  const rest = combine(field, [1n, b], [-factor, a])
  if (rest.terms.length > 0 || rest.constant === 0n) return null
  const form = scale(field, a, -factor * field.inverse(rest.constant))
  // L and 1 − L are the same statement; the one without a constant is a wire, if it is one.
  return form.constant === 1n && form.terms.length === 1 ? scale(field, form, -1n, 1n) : form
}

/** The constraints of circom's r1cs. */
export function constraintsOf(r1cs: R1cs): Product[] {
  const field = new PrimeField(scalarModulus)
  const row = (matrix: SparseMatrix, constraint: number): Linear => {
    let sum: Linear = { terms: [], constant: 0n }
    const terms: (readonly [number, bigint])[] = []
    for (let at = matrix.rowOffsets[constraint]!; at < matrix.rowOffsets[constraint + 1]!; at++) {
      const coefficient = fromLittleEndian(r1cs.coefficients, matrix.coefficientIndexes[at]! * 32)
      const wire = matrix.wires[at]!
      if (wire === 0) sum = { ...sum, constant: field.reduce(sum.constant + coefficient) }
      else terms.push([wire, coefficient])
    }
    return combine(field, [1n, sum], [1n, { terms, constant: 0n }])
  }
  return Array.from({ length: r1cs.constraintCount }, (_, constraint) => ({
    a: row(r1cs.a, constraint),
    b: row(r1cs.b, constraint),
    c: row(r1cs.c, constraint),
  }))
}
