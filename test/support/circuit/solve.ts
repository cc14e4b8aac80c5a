/** Search for values of all wires of a system: propagation, elimination, and branches where neither decides. */
import { type Assignment, bitChoices, type Residue } from './assignment.js'
import { combine, type Linear, substitute } from './linear.js'
import type { System } from './system.js'

export interface SearchOptions {
  /** Whether a solution is one that is looked for. */
  accept(values: readonly (bigint | undefined)[]): boolean
  /** Whether values that are fixed so far already rule such a solution out. */
  hopeless(values: readonly (bigint | undefined)[]): boolean
  /** Values to try for a wire that nothing forces, best first. */
  trials(wire: number): readonly bigint[]
  /** Whether trials are all of the field. */
  readonly trialsAreAll: boolean
  /** Wires that must have a value in a solution, even where no relation is left that mentions them. */
  readonly wanted: readonly number[]
  /** Dead ends to run into before the search is given up. */
  readonly budget: number
}

export interface SearchResult {
  /** Values of the circuit's wires, if a solution was found. */
  readonly solution: readonly bigint[] | null
  /** Whether the whole space was searched, so that no solution means that there is none. */
  readonly complete: boolean
}

/** Looks for an accepted solution that extends an assignment. */
export function solve(start: Assignment, options: SearchOptions): SearchResult {
  let budget = options.budget
  let complete = true
  const { system } = start
  const visit = (assignment: Assignment): readonly bigint[] | null => {
    if (budget <= 0) {
      complete = false
      return null
    }
    if (assignment.contradictory || options.hopeless(assignment.values)) {
      budget--
      return null
    }
    const branches = nextBranches(assignment, options)
    if (branches === null) {
      if (!options.accept(assignment.values)) {
        budget--
        return null
      }
      return assignment.values.slice(0, system.wireCount).map((value) => value ?? 0n)
    }
    complete &&= branches.exhaustive
    for (const branch of branches.next()) {
      const found = visit(branch)
      if (found) return found
    }
    return null
  }
  const solution = visit(start)
  return { solution, complete }
}

interface Branches {
  readonly exhaustive: boolean
  next(): Iterable<Assignment>
}

/** How an assignment may go on, or null where every relation holds. */
function nextBranches(assignment: Assignment, options: SearchOptions): Branches | null {
  const { system } = assignment
  let residue = assignment.residue()
  if (residue.linear.length > 1) {
    const consequences = eliminate(system, residue.linear)
    for (const form of consequences) assignment.learn(form)
    if (assignment.contradictory) return { exhaustive: true, next: () => [] }
    if (consequences.length > 0) {
      const { linear, products } = assignment.residue()
      const reduced = consequences.map((form) => substitute(system.field, form, assignment.values))
      residue = { linear: [...linear, ...reduced.filter((form) => form.terms.length > 0)], products }
    }
  }
  const wires = unknownWires(residue)
  const wanted = options.wanted.find((wire) => assignment.values[wire] === undefined)
  if (wires.size === 0 && wanted === undefined) return null
  for (const form of residue.linear) {
    const choices = bitChoices(system, form)
    if (choices) {
      return { exhaustive: true, next: () => choices.map((choice) => assignment.with(choice)) }
    }
  }
  const zero = residue.products.find(
    ({ a, b, c }) =>
      a.terms.length === 1 && b.terms.length === 1 && c.terms.length === 0 && c.constant === 0n,
  )
  if (zero) {
    return { exhaustive: true, next: () => [zero.a, zero.b].map((form) => assignment.withZero(form)) }
  }
  const bit = [...wires].find((wire) => system.booleans.has(wire))
  const wire = bit ?? adviceWire(wires, system, options.wanted) ?? wanted!
  const trials = bit === undefined ? options.trials(wire) : bitsInOrder(options.trials(wire))
  return {
    exhaustive: bit !== undefined || options.trialsAreAll,
    *next() {
      for (const value of trials) yield assignment.with(new Map([[wire, value]]))
    },
  }
}

function bitsInOrder(preferred: readonly bigint[]): readonly bigint[] {
  return preferred[0] === 1n ? [1n, 0n] : [0n, 1n]
}

/** Unknown wires, those of the relations with the fewest of them first. */
function unknownWires({ linear, products }: Residue): Set<number> {
  const relations = [...linear.map((form) => [form]), ...products.map(({ a, b, c }) => [a, b, c])]
  const wires = relations.map((forms) => new Set(forms.flatMap(({ terms }) => terms.map(([wire]) => wire))))
  return new Set(wires.sort((x, y) => x.size - y.size).flatMap((set) => [...set]))
}

/** A wire to try values of: one that is free to choose rather than the result of others, if there is one. */
function adviceWire(
  wires: ReadonlySet<number>,
  { products }: System,
  wanted: readonly number[],
): number | undefined {
  const results = new Set(products.flatMap(({ c }) => (c.terms.length === 1 ? [c.terms[0]![0]] : [])))
  for (const wire of wanted) results.add(wire)
  return [...wires].find((wire) => !results.has(wire)) ?? [...wires][0]
}

/** What linear relations say of the booleans alone, once every other wire is eliminated. */
function eliminate(system: System, forms: readonly Linear[]): Linear[] {
  const { field, booleans } = system
  let rows = [...forms]
  let eliminated = false
  for (let wire = nextWire(rows, booleans); wire !== undefined; wire = nextWire(rows, booleans)) {
    const has = (form: Linear) => form.terms.find(([other]) => other === wire)?.[1]
    const pivot = rows.filter(has).reduce((a, b) => (b.terms.length < a.terms.length ? b : a))
    const inverse = field.inverse(has(pivot)!)
    eliminated ||= rows.filter(has).length > 1
    rows = rows
      .filter((form) => form !== pivot)
      .map((form) => {
        const coefficient = has(form)
        return coefficient === undefined ? form : combine(field, [1n, form], [-coefficient * inverse, pivot])
      })
  }
  return eliminated ? rows.filter((form) => form.terms.length > 0 || form.constant !== 0n) : []
}

function nextWire(rows: readonly Linear[], booleans: ReadonlySet<number>): number | undefined {
  for (const form of rows) {
    const term = form.terms.find(([wire]) => !booleans.has(wire))
    if (term) return term[0]
  }
  return undefined
}
