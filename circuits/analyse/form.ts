/**
 * Affine forms Σ factor·wire + constant over the wires of a circuit. Factors and constants are integers held in
 * doubles; everything stays exact below 2^53.
 */
export interface AffineForm {
  /** Wire numbers, ascending, without repetition. */
  readonly wires: Int32Array
  /** Non-zero factors, one per wire. */
  readonly factors: Float64Array
  readonly constant: number
  /** Whether the text names a signal here, if only with factor 0: circom then keeps a product with it. */
  readonly symbolic: boolean
}

/** An interval of integers, both ends included. */
export interface Interval {
  readonly lo: number
  readonly hi: number
}

/** The range of each wire. */
export interface WireBounds {
  readonly lo: readonly number[]
  readonly hi: readonly number[]
}

export function constantForm(constant: number): AffineForm {
  return { wires: new Int32Array(0), factors: new Float64Array(0), constant, symbolic: false }
}

export function wireForm(wire: number): AffineForm {
  return { wires: Int32Array.of(wire), factors: Float64Array.of(1), constant: 0, symbolic: true }
}

/** Exact range of a form whose wires move independently. */
export function formInterval(form: AffineForm, bounds: WireBounds): Interval {
  let lo = form.constant
  let hi = form.constant
  for (let i = 0; i < form.wires.length; i++) {
    const factor = form.factors[i]!
    const wire = form.wires[i]!
    lo += factor * (factor > 0 ? bounds.lo[wire]! : bounds.hi[wire]!)
    hi += factor * (factor > 0 ? bounds.hi[wire]! : bounds.lo[wire]!)
  }
  return { lo, hi }
}

/** Exact upper end of the range of a - b. */
export function differenceUpper(a: AffineForm, b: AffineForm, bounds: WireBounds): number {
  let hi = a.constant - b.constant
  let i = 0
  let j = 0
  while (i < a.wires.length || j < b.wires.length) {
    const left = i < a.wires.length ? a.wires[i]! : Number.POSITIVE_INFINITY
    const right = j < b.wires.length ? b.wires[j]! : Number.POSITIVE_INFINITY
    const wire = Math.min(left, right)
    const factor = (left === wire ? a.factors[i++]! : 0) - (right === wire ? b.factors[j++]! : 0)
    hi += factor * (factor > 0 ? bounds.hi[wire]! : bounds.lo[wire]!)
  }
  return hi
}

/** Whether circom simplifies `signal <== form` away: a constant, or one signal with factor 1. */
export function isTrivial(form: AffineForm): boolean {
  if (form.wires.length === 0) return true
  return form.wires.length === 1 && form.factors[0] === 1 && form.constant === 0
}

/** Longest sum that the relations of a gadget name: the sum then needs no wire, but stands in two rows, not in one. */
const longestInlined = 64

/** The sums that the gadgets of a layer take, and whether they are short enough to need no wires. */
export class GadgetSums {
  private count = 0
  private longest = 0

  /** @param longestOpen wires of the longest sum that needs no wire of its own */
  constructor(private readonly longestOpen = longestInlined) {}

  add(form: AffineForm): void {
    this.count += isTrivial(form) ? 0 : 1
    this.longest = Math.max(this.longest, form.wires.length)
  }

  /** Whether the gadgets take their sums as expressions. */
  get open(): boolean {
    return this.longest <= this.longestOpen
  }

  /** Constraints that define wires for the sums. */
  get constraints(): number {
    return this.open ? 0 : this.count
  }
}

/** Adds up scaled forms without quadratic cost: a dense scratch row, reused between sums. */
export class FormSum {
  private scratch = new Float64Array(0)
  private touched: number[] = []
  private seen = new Uint8Array(0)
  private constant = 0
  private symbolic = false

  /** Starts a new sum at `constant`. */
  start(constant: number): this {
    this.constant = constant
    this.symbolic = false
    this.touched = []
    return this
  }

  /** Adds factor · form. */
  add(form: AffineForm, factor: number): void {
    this.symbolic ||= form.symbolic
    if (factor === 0) return
    this.constant += factor * form.constant
    for (let i = 0; i < form.wires.length; i++) {
      const wire = form.wires[i]!
      if (wire >= this.scratch.length) this.grow(wire + 1)
      if (!this.seen[wire]) {
        this.seen[wire] = 1
        this.touched.push(wire)
      }
      this.scratch[wire] = this.scratch[wire]! + factor * form.factors[i]!
    }
  }

  /** The sum as a form; terms that cancelled are dropped. */
  finish(): AffineForm {
    const wires = Int32Array.from(this.touched.filter((wire) => this.scratch[wire] !== 0)).sort()
    const factors = Float64Array.from(wires, (wire) => this.scratch[wire]!)
    for (const wire of this.touched) {
      this.scratch[wire] = 0
      this.seen[wire] = 0
    }
    return { wires, factors, constant: this.constant, symbolic: this.symbolic }
  }

  private grow(size: number): void {
    const length = Math.max(size, 2 * this.scratch.length, 1024)
    const scratch = new Float64Array(length)
    scratch.set(this.scratch)
    const seen = new Uint8Array(length)
    seen.set(this.seen)
    this.scratch = scratch
    this.seen = seen
  }
}
