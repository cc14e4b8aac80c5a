import {
  type AffineForm,
  constantForm,
  differenceUpper,
  formInterval,
  type Interval,
  type WireBounds,
  wireForm,
} from '#circuits/analyse/form.js'
import type { Shape } from '#circuits/graph/graph.js'
import { channelOf } from '#circuits/qmodel/window.js'

/**
 * One element of a tensor as the circuit sees it: its form over wires and its exact range. The result of a
 * maximum also keeps the forms that it was chosen from, whose differences bound later comparisons tightly; none
 * where they are too many.
 */
export interface Element extends Interval {
  readonly form: AffineForm
  readonly candidates: readonly AffineForm[]
}

/** The wires made so far, with their ranges. */
export class WireTable implements WireBounds {
  readonly lo: number[] = []
  readonly hi: number[] = []

  /** A new wire in [lo, hi], as a form. */
  add(lo: number, hi: number): AffineForm {
    this.lo.push(lo)
    this.hi.push(hi)
    return wireForm(this.lo.length - 1)
  }
}

export function formElement(form: AffineForm, bounds: WireBounds): Element {
  return { form, candidates: [form], ...formInterval(form, bounds) }
}

export function constantElement(value: number): Element {
  const form = constantForm(value)
  return { form, candidates: [form], lo: value, hi: value }
}

/** Most candidates that an element keeps, and most pairs of them that are compared: long maxima would take for ever. */
const mostCandidates = 1024

/** The candidates of a maximum of two; none where they are too many. */
export function joinCandidates(left: Element, right: Element): readonly AffineForm[] {
  const [a, b] = [left.candidates, right.candidates]
  if (a.length === 0 || b.length === 0 || a.length + b.length > mostCandidates) return []
  return [...a, ...b]
}

/**
 * Exact-or-wider range of max(left) - max(right): each side is a maximum over its candidates. Where these are many,
 * the range that follows from those of both sides.
 */
export function differenceInterval(left: Element, right: Element, bounds: WireBounds): Interval {
  const pairs = left.candidates.length * right.candidates.length
  if (pairs === 0 || pairs > mostCandidates) return { lo: left.lo - right.hi, hi: left.hi - right.lo }
  return {
    lo: -maxMinUpper(right.candidates, left.candidates, bounds),
    hi: maxMinUpper(left.candidates, right.candidates, bounds),
  }
}

/** Upper bound of max(a) - max(b): some a is the largest, and it exceeds max(b) by no more than it exceeds any b. */
function maxMinUpper(a: readonly AffineForm[], b: readonly AffineForm[], bounds: WireBounds): number {
  return Math.max(...a.map((left) => Math.min(...b.map((right) => differenceUpper(left, right, bounds)))))
}

/** The smallest interval that holds both. */
export function hull(a: Interval | null, b: Interval): Interval {
  return a === null ? b : { lo: Math.min(a.lo, b.lo), hi: Math.max(a.hi, b.hi) }
}

/** The elements of a tensor in rows of `length`. */
export function rowsOf(elements: readonly Element[], length: number): Element[][] {
  return Array.from({ length: elements.length / length }, (_, row) =>
    elements.slice(row * length, (row + 1) * length),
  )
}

/** The channel along `axis` of each element of a tensor, and the range of each channel's elements. */
export function channelRanges(
  elements: readonly Element[],
  shape: Shape,
  axis: number,
): { readonly channel: readonly number[]; readonly ranges: readonly Interval[] } {
  const channel = elements.map((_, i) => channelOf(shape, axis, i))
  const ranges: Interval[] = []
  elements.forEach((element, i) => {
    ranges[channel[i]!] = hull(ranges[channel[i]!] ?? null, element)
  })
  return { channel, ranges }
}
