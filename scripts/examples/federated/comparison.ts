import { averageRound } from '#circuits/federated/average.js'
import type { RoundRules } from '#circuits/federated/rules.js'
import {
  accuracyOf,
  type Rows,
  realWeights,
  toUpdate,
  trainFrom,
} from '#scripts/examples/federated/learning.js'
import type { OpenRound } from '#scripts/examples/federated/round.js'

/** Accuracies on the test rows that the same course would have come to elsewhere. */
export interface OtherAccuracies {
  /** Had nothing been clipped. */
  readonly unclipped: number
  /** Had nobody misbehaved or been absent. */
  readonly honest: number
  /** Of weights trained on all rows in one place, by as many steps. */
  readonly central: number
}

/** Clipping so wide that it does nothing. */
const wideClip = 13

/** Follows the course of a federation with weights of its own. */
export class Comparison {
  private central: readonly number[]
  private unclipped: readonly number[]
  private honest: readonly number[]

  constructor(
    private readonly rules: RoundRules,
    private readonly shares: readonly Rows[],
    private readonly train: Rows,
    private readonly test: Rows,
  ) {
    this.central = this.unclipped = this.honest = Array<number>(rules.size).fill(0)
  }

  /** One more round. @param ready the slots that were included */
  next({ updates }: OpenRound, ready: readonly number[]): OtherAccuracies {
    const { rules, shares, test, train } = this
    const change = trainFrom(this.central, train)
    this.central = this.central.map((weight, i) => weight + change[i]!)
    const sent = ready.map((slot) => updates[slot]!)
    this.unclipped = averageRound({ ...rules, clipBits: wideClip }, this.unclipped, sent)
    const from = realWeights(rules, this.honest)
    const own = shares.map((share) => toUpdate(rules, trainFrom(from, share)))
    this.honest = averageRound(rules, this.honest, own)
    return {
      unclipped: accuracyOf(realWeights(rules, this.unclipped), test),
      honest: accuracyOf(realWeights(rules, this.honest), test),
      central: accuracyOf(this.central, test),
    }
  }
}
