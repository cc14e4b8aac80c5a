import {
  differenceInterval,
  type Element,
  hull,
  joinCandidates,
  rowsOf,
  type WireTable,
} from '#circuits/analyse/element.js'
import { FormSum, type Interval, isTrivial } from '#circuits/analyse/form.js'
import { positivePartCost, signedBits } from '#circuits/analyse/gadget.js'

export interface TracedTopK {
  /** Width of each comparator by [pass][position from the second on]; 0 where the order is known. All rows share it. */
  readonly widths: readonly (readonly number[])[]
  readonly constraints: number
  /** `count` elements a row, in descending order. */
  readonly elements: Element[]
}

/**
 * The largest elements of each row by passes of compare-exchange: a pass carries the largest of what is left along
 * the row and leaves the smaller of two behind. The last pass leaves nothing that is needed.
 */
export function traceTopK(
  elements: readonly Element[],
  length: number,
  count: number,
  wires: WireTable,
): TracedTopK {
  const sum = new FormSum()
  const widths: number[][] = []
  let constraints = 0
  let rows = rowsOf(elements, length)
  const results: Element[][] = rows.map(() => [])
  for (let pass = 0; pass < count; pass++) {
    const best = rows.map(([first]) => first!)
    const left: Element[][] = rows.map(() => [])
    const passWidths: number[] = []
    for (let at = 1; at < length - pass; at++) {
      const differences = rows.map((row, r) => difference(row[at]!, best[r]!, wires))
      const range = differences.reduce<Interval | null>(hull, null)!
      const width = range.hi <= 0 ? 0 : signedBits(range)
      passWidths.push(width)
      rows.forEach((row, r) => {
        const [a, b] = [best[r]!, row[at]!]
        if (width === 0) {
          left[r]!.push(b)
          return
        }
        sum.start(2 ** (width - 1)).add(b.form, 1)
        sum.add(a.form, -1)
        constraints += positivePartCost(width) + (isTrivial(sum.finish()) ? 0 : 1)
        const part = wires.add(0, Math.max(0, differences[r]!.hi))
        const larger = { lo: Math.max(a.lo, b.lo), hi: Math.max(a.hi, b.hi) }
        sum.start(0).add(a.form, 1)
        sum.add(part, 1)
        const candidates = joinCandidates(a, b)
        best[r] = { form: sum.finish(), candidates, ...larger }
        sum.start(0).add(b.form, 1)
        sum.add(part, -1)
        const form = sum.finish()
        left[r]!.push({ form, candidates: [form], lo: Math.min(a.lo, b.lo), hi: Math.min(a.hi, b.hi) })
      })
    }
    best.forEach((element, r) => {
      results[r]!.push(element)
    })
    widths.push(passWidths)
    rows = left
  }
  return { widths, constraints, elements: results.flat() }
}

/** Range of left - right, by their forms and by their own ranges. */
function difference(left: Element, right: Element, wires: WireTable): Interval {
  const byForms = differenceInterval(left, right, wires)
  return {
    lo: Math.max(byForms.lo, left.lo - right.hi),
    hi: Math.min(byForms.hi, left.hi - right.lo),
  }
}
