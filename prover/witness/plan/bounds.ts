import { type AffineForm, type Coefficients, largestNumber } from '#prover/witness/plan/forms.js'

export interface Range {
  readonly lo: number
  readonly hi: number
}

/** Bounds of wires and of forms; what has none is an element of the field. */
export class Bounds {
  readonly #lows: Float64Array
  readonly #highs: Float64Array
  /** Of linear parts that a step checks, by {@link partKey}. */
  readonly #checked = new Map<string, Range>()

  constructor(
    wireCount: number,
    private readonly coefficients: Coefficients,
  ) {
    this.#lows = new Float64Array(wireCount).fill(Number.NaN)
    this.#highs = new Float64Array(wireCount).fill(Number.NaN)
  }

  set(wire: number, { lo, hi }: Range): void {
    this.#lows[wire] = lo
    this.#highs[wire] = hi
  }

  isNumber(wire: number): boolean {
    return !Number.isNaN(this.#lows[wire]!)
  }

  /** Lets a step's check bound a linear part. */
  check(key: string, range: Range): void {
    this.#checked.set(key, range)
  }

  /**
   * Bounds of a form, or null where a sum of its terms in any order may not be exact as a number.
   * @param key of its linear part, where a step may have checked it
   */
  of({ wires, factors, constant }: AffineForm, key?: string): Range | null {
    const { numbers } = this.coefficients
    const start = numbers[constant]!
    let [lo, hi, most] = [start, start, Math.abs(start)]
    for (let k = 0; k < wires.length; k++) {
      const factor = numbers[factors[k]!]!
      const [low, high] = [this.#lows[wires[k]!]!, this.#highs[wires[k]!]!]
      lo += factor * (factor > 0 ? low : high)
      hi += factor * (factor > 0 ? high : low)
      most += Math.abs(factor) * Math.max(Math.abs(low), Math.abs(high))
    }
    // NaN, too, is not below.
    if (!(most < largestNumber)) return null
    const checked = key === undefined ? undefined : this.#checked.get(key)
    if (checked === undefined) return { lo, hi }
    return { lo: Math.max(lo, checked.lo + start), hi: Math.min(hi, checked.hi + start) }
  }
}

export function productRange(a: Range, b: Range): Range {
  const corners = [a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi]
  return { lo: Math.min(...corners), hi: Math.max(...corners) }
}

export function magnitude({ lo, hi }: Range): number {
  return Math.max(Math.abs(lo), Math.abs(hi))
}
