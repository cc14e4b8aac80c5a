import { ZkserveError } from '#circuits/errors.js'

/** An agent's budget in units of a token: what it may spend in all, what is escrowed, and what is spent. */
export class Purse {
  readonly budget: bigint
  #held = 0n
  #spent = 0n

  constructor(budget: bigint) {
    this.budget = budget
  }

  /** What may still be spent. */
  get left(): bigint {
    return this.budget - this.#held - this.#spent
  }

  get held(): bigint {
    return this.#held
  }

  get spent(): bigint {
    return this.#spent
  }

  /** Sets an amount aside. @throws ZkserveError `BUDGET_EXCEEDED` */
  hold(amount: bigint): void {
    if (amount < 0n || amount > this.left) {
      throw new ZkserveError('BUDGET_EXCEEDED', `${amount} is more than the ${this.left} that are left`)
    }
    this.#held += amount
  }

  /** An amount that was held is gone. */
  spend(amount: bigint): void {
    this.release(amount)
    this.#spent += amount
  }

  /** An amount that was held is back. @throws ZkserveError `INTERNAL` where less is held */
  release(amount: bigint): void {
    if (amount < 0n || amount > this.#held) {
      throw new ZkserveError('INTERNAL', `${amount} were never held`)
    }
    this.#held -= amount
  }
}
