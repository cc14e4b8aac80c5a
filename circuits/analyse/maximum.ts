import {
  differenceInterval,
  type Element,
  hull,
  joinCandidates,
  type WireTable,
} from '#circuits/analyse/element.js'
import { FormSum, type GadgetSums, type Interval } from '#circuits/analyse/form.js'
import { positivePartCost, signedBits } from '#circuits/analyse/gadget.js'

/** A comparison of a tournament: which slot of the width table it uses, and its operands. */
interface Comparison {
  readonly slot: number
  readonly best: Element
  readonly next: Element
  /** Exact range of next - best. */
  readonly difference: Interval
}

/** How a maximum comes about: by a comparator, or known from ranges to be the one so far or the next. */
export type Outcome = 'compared' | 'best' | 'next'

/**
 * Comparisons that run side by side: `max(best, next) = best + PositivePart(next - best)`. All comparators of a
 * slot (one channel, one position of the fold) share one width, so that the emitted text is a loop.
 */
export class MaximumStage {
  private readonly ranges: (Interval | null)[]
  private readonly pending: Comparison[] = []
  private readonly sum = new FormSum()
  constraints = 0

  constructor(
    slots: number,
    private readonly wires: WireTable,
    private readonly excesses: GadgetSums,
  ) {
    this.ranges = new Array(slots).fill(null)
  }

  /** Width in bits of each slot's comparators; 0 where none is needed. */
  get widths(): number[] {
    return this.ranges.map((range) => (range === null ? 0 : signedBits(range)))
  }

  /** Notes one comparison, widening its slot where it needs a comparator; {@link finish} makes the results. */
  compare(slot: number, best: Element, next: Element): Outcome {
    const difference = differenceInterval(next, best, this.wires)
    this.pending.push({ slot, best, next, difference })
    const outcome = outcomeOf(difference)
    if (outcome === 'compared') this.ranges[slot] = hull(this.ranges[slot]!, difference)
    return outcome
  }

  /** The maxima, in the order of the {@link compare} calls. */
  finish(): Element[] {
    const widths = this.widths
    const results = this.pending.map(({ slot, best, next, difference }) => {
      const outcome = outcomeOf(difference)
      if (outcome !== 'compared') return outcome === 'best' ? best : next
      const width = widths[slot]!
      this.sum.start(2 ** (width - 1)).add(next.form, 1)
      this.sum.add(best.form, -1)
      this.excesses.add(this.sum.finish())
      this.constraints += positivePartCost(width)
      const part = this.wires.add(0, difference.hi)
      this.sum.start(0).add(best.form, 1)
      this.sum.add(part, 1)
      return {
        form: this.sum.finish(),
        candidates: joinCandidates(best, next),
        lo: Math.max(best.lo, next.lo),
        hi: Math.max(best.hi, next.hi),
      }
    })
    this.pending.length = 0
    return results
  }
}

function outcomeOf({ lo, hi }: Interval): Outcome {
  if (hi <= 0) return 'best'
  return lo >= 0 ? 'next' : 'compared'
}
