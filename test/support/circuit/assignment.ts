import { combine, type Linear, substitute } from './linear.js'
import { type BitChoice, subsetSums } from './subset-sum.js'
import type { Product, System } from './system.js'

/** Ways a decomposition may be read before a branch over them is given up. */
const choiceLimit = 64

/** What is left of a system once known wires are put in. */
export interface Residue {
  readonly linear: readonly Linear[]
  readonly products: readonly Product[]
}

/** Relations of which a wire takes part in, by wire: positions in linear, then in products. */
function relationsByWire(system: System): number[][] {
  const byWire: number[][] = Array.from({ length: system.wireCount + system.helperCount }, () => [])
  system.linear.forEach((form, at) => {
    for (const [wire] of form.terms) byWire[wire]!.push(at)
  })
  system.products.forEach(({ a, b, c }, at) => {
    const wires = new Set([a, b, c].flatMap((form) => form.terms.map(([wire]) => wire)))
    for (const wire of wires) byWire[wire]!.push(system.linear.length + at)
  })
  return byWire
}

/**
 * Values of some wires, closed under what they force: a relation with one unknown wire determines it, a relation
 * of unknown bits determines them where only one choice of bits fits.
 */
export class Assignment {
  /** Whether the values contradict the system. */
  contradictory = false

  private constructor(
    readonly system: System,
    private readonly byWire: readonly (readonly number[])[],
    readonly values: (bigint | undefined)[],
    private readonly pending: Set<number>,
    private readonly extra: Linear[],
  ) {}

  static of(system: System, fixed: ReadonlyMap<number, bigint>): Assignment {
    const values = new Array<bigint | undefined>(system.wireCount + system.helperCount).fill(undefined)
    values[0] = 1n
    const relations = system.linear.length + system.products.length
    const pending = new Set(Array.from({ length: relations }, (_, at) => at))
    const assignment = new Assignment(system, relationsByWire(system), values, pending, [])
    for (const [wire, value] of fixed) assignment.set(wire, value)
    assignment.propagate()
    return assignment
  }

  /** A copy in which more wires have values. */
  with(values: BitChoice): Assignment {
    const copy = this.copy()
    for (const [wire, value] of values) copy.set(wire, value)
    copy.propagate()
    return copy
  }

  /** A copy that must also make a form 0. */
  withZero(form: Linear): Assignment {
    const copy = this.copy()
    copy.extra.push(form)
    copy.propagate()
    return copy
  }

  /** The relations that still have unknown wires; products with a known factor count as linear. */
  residue(): Residue {
    const { field } = this.system
    const linear = [...this.system.linear, ...this.extra].map((form) => substitute(field, form, this.values))
    const products: Product[] = []
    for (const product of this.system.products) {
      const reduced = this.reduceProduct(product)
      if ('terms' in reduced) linear.push(reduced)
      else products.push(reduced)
    }
    return { linear: linear.filter((form) => form.terms.length > 0), products }
  }

  /** Draws what follows from a consequence of the system. */
  learn(form: Linear): void {
    this.force(form)
    this.propagate()
  }

  private copy(): Assignment {
    return new Assignment(this.system, this.byWire, [...this.values], new Set(), [...this.extra])
  }

  private set(wire: number, value: bigint): void {
    const known = this.values[wire]
    if (known === value) return
    if (known !== undefined || (this.system.booleans.has(wire) && value > 1n)) {
      this.contradictory = true
      return
    }
    this.values[wire] = value
    for (const relation of this.byWire[wire]!) this.pending.add(relation)
  }

  private propagate(): void {
    const { linear, products } = this.system
    for (let before = -1; before !== this.known(); ) {
      before = this.known()
      for (const relation of this.pending) {
        if (this.contradictory) return
        this.pending.delete(relation)
        if (relation < linear.length) this.force(linear[relation]!)
        else {
          const reduced = this.reduceProduct(products[relation - linear.length]!)
          if ('terms' in reduced) this.force(reduced)
        }
      }
      for (const form of this.extra) if (!this.contradictory) this.force(form)
    }
  }

  private known(): number {
    return this.values.reduce<number>((count, value) => count + (value === undefined ? 0 : 1), 0)
  }

  private reduceProduct({ a, b, c }: Product): Linear | Product {
    const { field } = this.system
    const [left, right, result] = [a, b, c].map((form) => substitute(field, form, this.values)) as [
      Linear,
      Linear,
      Linear,
    ]
    if (left.terms.length === 0) return combine(field, [left.constant, right], [-1n, result])
    if (right.terms.length === 0) return combine(field, [right.constant, left], [-1n, result])
    return { a: left, b: right, c: result }
  }

  /** Draws what follows from a form that is 0. */
  private force(form: Linear): void {
    const { field, booleans } = this.system
    const { terms, constant } = substitute(field, form, this.values)
    if (terms.length === 0) this.contradictory ||= constant !== 0n
    else if (terms.length === 1) {
      const [wire, coefficient] = terms[0]!
      this.set(wire, field.reduce(-constant * field.inverse(coefficient)))
    } else if (terms.every(([wire]) => booleans.has(wire))) {
      const { choices, complete } = subsetSums(field, { terms, constant }, 2)
      if (!complete || choices.length > 1) return
      if (choices.length === 0) this.contradictory = true
      else for (const [wire, bit] of choices[0]!) this.set(wire, bit)
    }
  }
}

/** The readings of a form of bits, if all are known and few. */
export function bitChoices(system: System, form: Linear): readonly BitChoice[] | null {
  if (!form.terms.every(([wire]) => system.booleans.has(wire))) return null
  const { choices, complete } = subsetSums(system.field, form, choiceLimit)
  return complete ? choices : null
}
