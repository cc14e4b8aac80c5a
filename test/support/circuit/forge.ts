/**
 * Mutate and repair: fixes a circuit's inputs, changes other wires to adversarial values, and re-solves the rest
 * from the constraints. What comes out is a witness for a false output, or the knowledge that there is none.
 */
import { Assignment } from './assignment.js'
import type { Part } from './part.js'
import { type SearchOptions, solve } from './solve.js'

/** One statement about a circuit. */
export interface Claim {
  readonly inputs: readonly bigint[]
  /** The only outputs that may verify; null where none may. */
  readonly expected: readonly bigint[] | null
  /** An honest witness of the part, if there is one. */
  readonly honest: readonly bigint[] | null
}

export interface ForgeryReport {
  /** Values of the part's wires that satisfy every constraint and break the claim. */
  readonly forged: readonly bigint[] | null
  /** Whether the search proved that no forgery exists for these inputs. */
  readonly proven: boolean
  /** Changed wires and claimed outputs from which a repair was tried. */
  readonly mutations: number
}

const searchBudget = 2_000
const repairBudget = 40

/** @param widths bit widths that matter to the circuit: mutations move values by their powers of two */
export function findForgery(part: Part, claim: Claim, widths: readonly number[]): ForgeryReport {
  const { system } = part
  const base = Assignment.of(system, new Map(part.inputs.map((wire, i) => [wire, claim.inputs[i]!])))
  const honest = honestValues(part, claim, base)
  const falseValues = (wire: number) => adversarialValues(system.field.modulus, honest[wire]!, widths)
  const isOutput = new Set(part.outputs)
  const asExpected = (values: readonly (bigint | undefined)[]) =>
    claim.expected !== null && part.outputs.every((wire, i) => values[wire] === claim.expected![i])
  const options: SearchOptions = {
    accept: (values) => !asExpected(values),
    hopeless: asExpected,
    trials: (wire) => {
      const values = falseValues(wire)
      return isOutput.has(wire) ? [...values, honest[wire]!] : [honest[wire]!, ...values]
    },
    trialsAreAll: false,
    first: part.outputs,
    budget: searchBudget,
  }
  const free = solve(base, options)
  if (free.solution) return { forged: free.solution, proven: false, mutations: 0 }
  let mutations = 0
  const fixed = new Set([0, ...part.inputs])
  for (let wire = 0; wire < system.wireCount && !base.contradictory; wire++) {
    if (fixed.has(wire)) continue
    for (const value of falseValues(wire)) {
      mutations++
      const repaired = solve(base.with(new Map([[wire, value]])), { ...options, budget: repairBudget })
      if (repaired.solution) return { forged: repaired.solution, proven: false, mutations }
    }
  }
  return { forged: null, proven: free.complete, mutations }
}

/** What an honest prover, or one as close to it as can be, has on every wire. */
function honestValues(part: Part, claim: Claim, base: Assignment): bigint[] {
  const outputs = new Map(part.outputs.map((wire, i) => [wire, claim.expected?.[i] ?? 0n]))
  return base.values.map((value, wire) => claim.honest?.[wire] ?? outputs.get(wire) ?? value ?? 0n)
}

/** Values near the truth, at the ends of the field, and off by powers of two. */
export function adversarialValues(modulus: bigint, honest: bigint, widths: readonly number[]): bigint[] {
  const half = (modulus - 1n) / 2n
  const powers = widths.flatMap((width) => [1n << BigInt(width), (1n << BigInt(width)) - 1n])
  const values = [
    ...[1n, -1n, 2n, -2n].map((step) => honest + step),
    ...[0n, 1n, 2n, -1n, -2n, half, half + 1n, 1n - honest, -honest],
    ...powers.flatMap((power) => [power, -power, honest + power, honest - power]),
  ]
  const reduced = values.map((value) => ((value % modulus) + modulus) % modulus)
  return [...new Set(reduced)].filter((value) => value !== honest)
}
