/** Weight of the newest proof in the mean. */
const weight = 0.2

/** Mean time of a proof before the first one is measured, in ms. */
const firstGuess = 5000

/** A moving mean of proof times, in ms. */
export class DurationEstimate {
  #mean: number | null = null

  add(duration: number): void {
    this.#mean = this.#mean === null ? duration : this.#mean + weight * (duration - this.#mean)
  }

  /** Seconds until `proofs` proofs are made by `threads` threads; at least 1. */
  secondsFor(proofs: number, threads: number): number {
    return Math.max(1, Math.ceil(((this.#mean ?? firstGuess) * proofs) / threads / 1000))
  }
}
