import { toLittleEndian } from '#prover/curve/bytes.js'
import { centred, reduce } from '#prover/witness/plan/field.js'
import type { PlanForms } from '#prover/witness/plan/plan.js'

/** Numbers beyond are elements of the field. */
export const largestNumber = 2 ** 53

/** The distinct coefficients of a plan. */
export class Coefficients {
  readonly #indices = new Map<bigint, number>()
  /** By index, of least magnitude. */
  readonly values: bigint[] = []
  /** By index; NaN beyond {@link largestNumber}. */
  readonly numbers: number[] = []
  readonly #negatives: number[] = []

  indexOf(value: bigint): number {
    const least = centred(reduce(value))
    const known = this.#indices.get(least)
    if (known !== undefined) return known
    const index = this.values.length
    const number = Number(least)
    this.#indices.set(least, index)
    this.values.push(least)
    this.numbers.push(Math.abs(number) < largestNumber ? number : Number.NaN)
    return index
  }

  negative(index: number): number {
    const known = this.#negatives[index]
    if (known !== undefined) return known
    const negative = this.indexOf(-this.values[index]!)
    this.#negatives[index] = negative
    return negative
  }

  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.values.length * 32)
    for (const [index, value] of this.values.entries()) bytes.set(toLittleEndian(reduce(value)), index * 32)
    return bytes
  }
}

/** An affine form: constant and coefficients by index into {@link Coefficients}, wires ascending. */
export interface AffineForm {
  readonly wires: readonly number[]
  readonly factors: readonly number[]
  readonly constant: number
}

/** The linear part of a form: a pattern at a base. */
export interface LinearPart {
  readonly pattern: number
  readonly base: number
}

/** Collects forms; patterns and forms that are equal are kept once. */
export class FormTable {
  readonly #patternsByHash = new Map<number, number[]>()
  readonly #forms = new Map<string, number>()
  readonly #starts = [0]
  readonly #offsets: number[] = []
  readonly #factors: number[] = []
  readonly #patterns: number[] = []
  readonly #bases: number[] = []
  readonly #constants: number[] = []

  /** The linear part of a form, its pattern added if it is new. */
  part({ wires, factors }: AffineForm): LinearPart {
    const base = wires[0] ?? 0
    let hash = wires.length
    for (let k = 0; k < wires.length; k++) {
      hash = Math.imul(hash ^ (wires[k]! - base), 0x85ebca6b)
      hash = Math.imul((hash ^ (hash >>> 15)) + factors[k]!, 0xc2b2ae35)
    }
    const known = this.#patternsByHash.get(hash)
    for (const pattern of known ?? []) if (this.#is(pattern, wires, factors, base)) return { pattern, base }
    const pattern = this.#starts.length - 1
    for (let k = 0; k < wires.length; k++) {
      this.#offsets.push(wires[k]! - base)
      this.#factors.push(factors[k]!)
    }
    this.#starts.push(this.#offsets.length)
    if (known) known.push(pattern)
    else this.#patternsByHash.set(hash, [pattern])
    return { pattern, base }
  }

  /** The index of a form, added if it is new. */
  indexOf(form: AffineForm): number {
    const { pattern, base } = this.part(form)
    const key = `${pattern} ${base} ${form.constant}`
    const known = this.#forms.get(key)
    if (known !== undefined) return known
    const index = this.#patterns.length
    this.#forms.set(key, index)
    this.#patterns.push(pattern)
    this.#bases.push(base)
    this.#constants.push(form.constant)
    return index
  }

  toForms(): PlanForms {
    return {
      patternStarts: Uint32Array.from(this.#starts),
      offsets: Int32Array.from(this.#offsets),
      factors: Uint32Array.from(this.#factors),
      patterns: Uint32Array.from(this.#patterns),
      bases: Uint32Array.from(this.#bases),
      constants: Uint32Array.from(this.#constants),
    }
  }

  #is(pattern: number, wires: readonly number[], factors: readonly number[], base: number): boolean {
    const start = this.#starts[pattern]!
    if (this.#starts[pattern + 1]! - start !== wires.length) return false
    for (let k = 0; k < wires.length; k++) {
      if (this.#offsets[start + k] !== wires[k]! - base || this.#factors[start + k] !== factors[k]!)
        return false
    }
    return true
  }
}
