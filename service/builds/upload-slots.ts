import { ZkserveError } from '#circuits/errors.js'

/** Seconds after which a refused upload may come again. */
const retryAfter = 5

/** Places for uploads that are read and judged at once: each holds its files in memory, and a child process. */
export class UploadSlots {
  readonly #slots: number
  readonly #perTenant: number
  readonly #held = new Map<string, number>()
  #taken = 0

  /** Of several slots, one tenant gets no more than half. */
  constructor(slots: number) {
    this.#slots = slots
    this.#perTenant = Math.max(1, Math.floor(slots / 2))
  }

  /** Takes a place. @returns gives it back, once @throws ZkserveError `QUEUE_FULL` */
  take(tenant: string): () => void {
    const held = this.#held.get(tenant) ?? 0
    if (this.#taken >= this.#slots || held >= this.#perTenant) {
      throw new ZkserveError('QUEUE_FULL', 'as many models are being uploaded as the service takes at once', {
        details: { retryAfter },
      })
    }
    this.#taken++
    this.#held.set(tenant, held + 1)
    let open = true
    return () => {
      if (!open) return
      open = false
      this.#taken--
      const left = this.#held.get(tenant)! - 1
      if (left === 0) this.#held.delete(tenant)
      else this.#held.set(tenant, left)
    }
  }
}
