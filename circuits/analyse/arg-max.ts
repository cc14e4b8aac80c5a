import { differenceInterval, type Element, hull, type WireTable } from '#circuits/analyse/element.js'
import { constantForm, FormSum, isTrivial } from '#circuits/analyse/form.js'
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
  /** Rounds of matches; a contender without a match goes on as it is, after the winners. */
  readonly rounds: readonly (readonly Match[])[]
  readonly constraints: number
  /** The index of the largest element. */
  readonly element: Element
}

interface Contender {
  readonly value: Element
  readonly index: Element
  /** Whether the index is a number known at compile time. */
  readonly known: boolean
}

/** Tournament for the index of the largest element; `selectLast` decides who wins a tie. */
export function traceArgMax(
  elements: readonly Element[],
  selectLast: boolean,
  wires: WireTable,
): TracedArgMax {
  const sum = new FormSum()
  const rounds: Match[][] = []
  let constraints = 0
  let contenders: Contender[] = elements.map((value, i) => ({ value, index: indexElement(i), known: true }))
  while (contenders.length > 1) {
    const matches: Match[] = []
    const next: Contender[] = []
    for (let i = 0; i + 1 < contenders.length; i += 2) {
      const [left, right] = [contenders[i]!, contenders[i + 1]!]
      const difference = differenceInterval(right.value, left.value, wires)
      const lead = selectLast ? 0 : 1
      const bits = signedBits({ lo: difference.lo - lead, hi: difference.hi - lead })
      const carriesValue = contenders.length > 2
      const carriesIndex = !(left.known && right.known)
      matches.push({ left: i, right: i + 1, bits, carriesValue, carriesIndex })
      sum.start(2 ** (bits - 1) - lead).add(right.value.form, 1)
      sum.add(left.value.form, -1)
      constraints += bits + (isTrivial(sum.finish()) ? 0 : 1) + (carriesIndex ? 1 : 0)
      if (carriesValue) constraints += gainCost(left.value, right.value, sum)
      next.push(winner(left, right, carriesValue, carriesIndex, sum, wires))
    }
    if (contenders.length % 2 === 1) next.push(contenders.at(-1)!)
    rounds.push(matches)
    contenders = next
  }
  return { rounds, constraints, element: contenders[0]!.index }
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
    value: { form: value, candidates: [...left.value.candidates, ...right.value.candidates], ...range },
    index: { form: index, candidates: [index], ...hull(left.index, right.index) },
    known: false,
  }
}

function indexElement(index: number): Element {
  const form = constantForm(index)
  return { form, candidates: [form], lo: index, hi: index }
}
