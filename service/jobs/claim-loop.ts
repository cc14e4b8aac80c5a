import { setTimeout as sleep } from 'node:timers/promises'

/** Claimed work that was begun. */
export interface Held {
  readonly work: Promise<void>
}

export interface ClaimLoopOptions<Claim, Item extends Held> {
  /** Claims that are held at once. */
  readonly concurrency: number
  /** The next claim, null where there is none. */
  readonly claim: () => Promise<Claim | null>
  /** Begins what was claimed. */
  readonly begin: (claim: Claim) => Item
  /** Told of what claims and work throw; the loop goes on. */
  readonly onError: (error: unknown) => void
}

/** Claims work, one claim after another, while there is room for it. */
export class ClaimLoop<Claim, Item extends Held> {
  readonly #options: ClaimLoopOptions<Claim, Item>
  /** What is held, with its end. */
  readonly #held = new Map<Item, Promise<void>>()
  #stopping = false
  #filling: Promise<void> | null = null
  #fillAgain = false

  constructor(options: ClaimLoopOptions<Claim, Item>) {
    this.#options = options
  }

  /** What was claimed and has not ended. */
  get held(): Item[] {
    return [...this.#held.keys()]
  }

  /** Whether nothing is claimed any more. */
  get stopping(): boolean {
    return this.#stopping
  }

  /** Looks for what may be claimed. */
  wake(): void {
    if (this.#stopping) return
    if (this.#filling !== null) {
      this.#fillAgain = true
      return
    }
    this.#filling = this.#claimAll()
      .catch((error) => this.#options.onError(error))
      .finally(() => {
        this.#filling = null
        if (!this.#fillAgain) return
        this.#fillAgain = false
        this.wake()
      })
  }

  /** Claims no more, and gives what is held `grace` ms to end. */
  async stop(grace: number): Promise<void> {
    this.#stopping = true
    await this.#filling
    const timer = new AbortController()
    await Promise.race([this.ended(), sleep(grace, null, { signal: timer.signal }).catch(() => null)])
    timer.abort()
  }

  /** Settles when all that is held now has ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#held.values())
  }

  async #claimAll(): Promise<void> {
    const { concurrency, claim, begin, onError } = this.#options
    while (!this.#stopping && this.#held.size < concurrency) {
      const claimed = await claim()
      if (claimed === null) return
      const item = begin(claimed)
      const ended = item.work.catch(onError).finally(() => {
        this.#held.delete(item)
        this.wake()
      })
      this.#held.set(item, ended)
    }
  }
}
