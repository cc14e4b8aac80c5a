import {
  constantElement,
  differenceInterval,
  type Element,
  hull,
  joinCandidates,
  rowsOf,
  type WireTable,
} from '#circuits/analyse/element.js'
import { FormSum, type Interval, isTrivial } from '#circuits/analyse/form.js'
import { signedBits } from '#circuits/analyse/gadget.js'

/** One match of the tournament: positions of the two contenders in the round, and the comparator's width. */
export interface Match {
  readonly left: number
  readonly right: number
  /** Width in bits; see `Comparator(bits)`. */
  readonly bits: number
  /** Whether the winner's value is needed by a later round. */
  readonly carriesValue: boolean
  /** Whether the winner's index needs a product: in the first round it is an affine form of the outcome. */
  readonly carriesIndex: boolean
}

export interface TracedArgMax {
  /** Rounds of matches; a contender without a match goes on as it is, after the winners. All rows share them. */
  readonly rounds: readonly (readonly Match[])[]
  readonly constraints: number
  /** The index of the largest element, by row. */
  readonly elements: Element[]
}

interface Contender {
  readonly value: Element
  readonly index: Element
  /** Whether the index is a number known at compile time. */
  readonly known: boolean
}

/** Tournament for the index of the largest element of each row; `selectLast` decides who wins a tie. */
export function traceArgMax(
  elements: readonly Element[],
  length: number,
  selectLast: boolean,
  wires: WireTable,
): TracedArgMax {
  const sum = new FormSum()
  const rounds: Match[][] = []
  const lead = selectLast ? 0 : 1
  let constraints = 0
  let rows = rowsOf(elements, length).map((row) =>
    row.map((value, i): Contender => ({ value, index: constantElement(i), known: true })),
  )
  while (rows[0]!.length > 1) {
    const contenders = rows[0]!.length
    const matches: Match[] = []
    const next: Contender[][] = rows.map(() => [])
    for (let i = 0; i + 1 < contenders; i += 2) {
      const differences = rows.map((row) => differenceInterval(row[i + 1]!.value, row[i]!.value, wires))
      const { lo, hi } = differences.reduce<Interval | null>(hull, null)!
      const bits = signedBits({ lo: lo - lead, hi: hi - lead })
      const carriesValue = contenders > 2
      const carriesIndex = !(rows[0]![i]!.known && rows[0]![i + 1]!.known)
      matches.push({ left: i, right: i + 1, bits, carriesValue, carriesIndex })
      rows.forEach((row, r) => {
        const [left, right] = [row[i]!, row[i + 1]!]
        sum.start(2 ** (bits - 1) - lead).add(right.value.form, 1)
        sum.add(left.value.form, -1)
        constraints += bits + (isTrivial(sum.finish()) ? 0 : 1) + (carriesIndex ? 1 : 0)
        if (carriesValue) constraints += gainCost(left.value, right.value, sum)
        next[r]!.push(winner(left, right, carriesValue, carriesIndex, sum, wires))
      })
    }
    if (contenders % 2 === 1)
      next.forEach((winners, r) => {
        winners.push(rows[r]!.at(-1)!)
      })
    rounds.push(matches)
    rows = next
  }
  return { rounds, constraints, elements: rows.map(([last]) => last!.index) }
}

/** The product outcome · (right - left), which circom drops where the second factor is 0 or 1. */
function gainCost(left: Element, right: Element, sum: FormSum): number {
  sum.start(0).add(right.form, 1)
  sum.add(left.form, -1)
  const { symbolic, constant } = sum.finish()
  return !symbolic && (constant === 0 || constant === 1) ? 0 : 1
}

function winner(
  left: Contender,
  right: Contender,
  carriesValue: boolean,
  carriesIndex: boolean,
  sum: FormSum,
  wires: WireTable,
): Contender {
  const plus = (element: Element, form: Element['form'], factor = 1) => {
    sum.start(0).add(element.form, 1)
    sum.add(form, factor)
    return sum.finish()
  }
  const outcome = wires.add(0, 1)
  const gap = right.index.lo - left.index.lo
  const index = carriesIndex
    ? plus(left.index, wires.add(0, right.index.hi - left.index.lo))
    : plus(left.index, outcome, gap)
  const value = carriesValue
    ? plus(left.value, wires.add(0, Math.max(0, differenceInterval(right.value, left.value, wires).hi)))
    : left.value.form
  const range = { lo: Math.max(left.value.lo, right.value.lo), hi: Math.max(left.value.hi, right.value.hi) }
  return {
    value: { form: value, candidates: joinCandidates(left.value, right.value), ...range },
    index: { form: index, candidates: [index], ...hull(left.index, right.index) },
    known: false,
  }
}
