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

/** Values of the part's wires that satisfy every constraint and break the claim. */
export type Forgery = readonly bigint[]

export interface ForgeryReport {
  readonly forged: Forgery | null
  /** Whether all assignments were searched, so that no forgery exists for these inputs. */
  readonly proven: boolean
}

/** Dead ends until a search is given up: from the inputs alone, and from a changed wire. */
const searchBudget = 100
const repairBudget = 6

/** Looks for false outputs from the inputs alone: whatever the constraints leave open is tried. */
export function searchForgery(
  part: Part,
  claim: Claim,
  widths: readonly number[],
  budget = searchBudget,
): ForgeryReport {
  const { base, options } = prepare(part, claim, widths)
  const { solution, complete } = solve(base, { ...options, budget })
  return { forged: solution, proven: solution === null && complete }
}

/**
 * Changes every wire that the inputs do not force, outputs included, to every adversarial value; bits that this
 * leaves open stay honest if they can, and the rest is solved anew.
 */
export function mutateAndRepair(part: Part, claim: Claim, widths: readonly number[]): Forgery | null {
  const { base, honest, options, falseValues } = prepare(part, claim, widths)
  const { booleans, wireCount } = part.system
  for (let wire = 1; wire < wireCount && !base.contradictory; wire++) {
    if (base.values[wire] !== undefined) continue
    for (const value of falseValues(wire)) {
      const changed = base.with(new Map([[wire, value]]))
      if (changed.contradictory) continue
      const open = [...booleans].filter((bit) => bit < wireCount && changed.values[bit] === undefined)
      const kept = changed.with(new Map(open.map((bit) => [bit, honest[bit]!])))
      const { solution } = solve(kept.contradictory ? changed : kept, { ...options, budget: repairBudget })
      if (solution) return solution
    }
  }
  return null
}

/** @param widths bit widths that matter to the circuit: mutations move values by their powers of two */
function prepare(part: Part, claim: Claim, widths: readonly number[]) {
  const { system } = part
  const inputs = new Map(part.inputs.map((wire, i) => [wire ?? 0, wire === null ? 1n : claim.inputs[i]!]))
  const base = Assignment.of(system, inputs)
  const honest = honestValues(part, claim, base)
  const falseValues = (wire: number) => adversarialValues(system.field.modulus, honest[wire]!, widths)
  const isOutput = new Set(part.outputs)
  const asExpected = (values: readonly (bigint | undefined)[]) =>
    claim.expected !== null && part.outputs.every((wire, i) => values[wire] === claim.expected![i])
  const options: Omit<SearchOptions, 'budget'> = {
    accept: (values) => !asExpected(values),
    hopeless: asExpected,
    trials: (wire) => {
      const values = falseValues(wire)
      return isOutput.has(wire) ? [...values, honest[wire]!] : [honest[wire]!, ...values]
    },
    trialsAreAll: false,
    wanted: part.outputs,
  }
  return { base, honest, options, falseValues }
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
