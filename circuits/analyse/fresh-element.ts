/** Results of which a circuit's analysis knows the range alone, since hidden weights made them. */
import type { Element, WireTable } from '#circuits/analyse/element.js'
import { FormSum, type Interval } from '#circuits/analyse/form.js'

/** A result that is a signal of its own. */
export function signalElement(capacity: Interval, wires: WireTable): Element {
  const form = wires.add(capacity.lo, capacity.hi)
  return { form, candidates: [form], ...capacity }
}

/**
 * A result that is a sum of several signals, of which only the range matters: one wire, and one that is always 0,
 * so that it does not pass for a signal.
 */
export function sumElement(capacity: Interval, wires: WireTable): Element {
  const sum = new FormSum().start(0)
  sum.add(wires.add(capacity.lo, capacity.hi), 1)
  sum.add(wires.add(0, 0), 1)
  const form = sum.finish()
  return { form, candidates: [form], ...capacity }
}

/** The exact value of an element that is the same for all inputs, else null. */
export function knownValue({ form }: Element): number | null {
  return form.wires.length === 0 ? form.constant : null
}
