import { toZkserveError, type ZkserveError } from '#circuits/errors.js'
import { ClaimLoop, type Held } from '#service/jobs/claim-loop.js'
import { isFinal } from '#service/jobs/job.js'
import type { JobChange } from '#service/jobs/job-changes.js'
import type { AttemptOutcome, Busy, DeliveryClaim, DeliveryQueue } from '#service/webhooks/delivery-queue.js'
import type { WebhookGuard } from '#service/webhooks/guard.js'
import { type Answer, post } from '#service/webhooks/post.js'
import { signedHeaders } from '#service/webhooks/signature.js'

export interface DeliverySenderOptions {
  /** Tells of ends of jobs. @returns ends it */
  readonly subscribe: (listener: (change: JobChange) => void) => () => void
  /** Told of what the database refuses, and of secrets that cannot be opened; the sender goes on. */
  readonly onError: (error: ZkserveError) => void
  /** Told of each attempt's end. */
  readonly onAttempt?: (claim: DeliveryClaim, outcome: AttemptOutcome, reason: string | null) => void
  /** Messages sent at once; all, of one tenant, and to one webhook. */
  readonly concurrency?: number
  readonly perTenant?: number
  readonly perWebhook?: number
  /** Longest time for one attempt, in ms. */
  readonly timeout?: number
  /** ms between looks for what is due when nobody tells. */
  readonly poll?: number
  /** ms between sweeps. */
  readonly sweep?: number
}

const defaults = { concurrency: 32, perTenant: 8, perWebhook: 2, timeout: 10_000, poll: 1000, sweep: 60_000 }

interface Sending extends Held {
  readonly claim: DeliveryClaim
}

/** Sends what is due to webhooks, as many messages at once as it may; several processes may do so. */
export class DeliverySender {
  readonly #queue: DeliveryQueue
  readonly #guard: WebhookGuard
  readonly #options: DeliverySenderOptions & typeof defaults
  readonly #loop: ClaimLoop<DeliveryClaim, Sending>
  readonly #cut = new AbortController()
  #unsubscribe: () => void = () => {}
  #timers: NodeJS.Timeout[] = []

  constructor(queue: DeliveryQueue, guard: WebhookGuard, options: DeliverySenderOptions) {
    this.#queue = queue
    this.#guard = guard
    this.#options = { ...defaults, ...options }
    this.#loop = new ClaimLoop({
      concurrency: this.#options.concurrency,
      claim: () => queue.claim(this.#busy()),
      begin: (claim) => ({ claim, work: this.#send(claim) }),
      onError: (error) => this.#failed(error),
    })
  }

  start(): void {
    const { subscribe, poll, sweep } = this.#options
    this.#unsubscribe = subscribe((change) => {
      if (change === null || isFinal(change.state)) this.wake()
    })
    const sweepNow = (): void => void this.#queue.sweep().catch((error) => this.#failed(error))
    this.#timers = [setInterval(() => this.wake(), poll), setInterval(sweepNow, sweep)]
    this.wake()
  }

  /** Takes no more messages, gives those under way `grace` ms, and the rest back. */
  async stop(grace = 0): Promise<void> {
    this.#unsubscribe()
    for (const timer of this.#timers) clearInterval(timer)
    await this.#loop.stop(grace)
    this.#cut.abort()
    await this.#loop.ended()
  }

  /** Looks for what is due. */
  wake(): void {
    this.#loop.wake()
  }

  #busy(): Busy {
    const atLimit = (of: 'webhook' | 'tenant', limit: number): string[] => {
      const counts = new Map<string, number>()
      for (const { claim } of this.#loop.held) counts.set(claim[of], (counts.get(claim[of]) ?? 0) + 1)
      return [...counts].filter(([, count]) => count >= limit).map(([id]) => id)
    }
    const { perTenant, perWebhook } = this.#options
    return { webhooks: atLimit('webhook', perWebhook), tenants: atLimit('tenant', perTenant) }
  }

  async #send(claim: DeliveryClaim): Promise<void> {
    let answer: Answer | null = null
    let reason: string | null = null
    try {
      answer = await this.#attempt(claim)
    } catch (error) {
      if (this.#cut.signal.aborted) return this.#queue.release(claim)
      reason = reasonOf(error)
    }
    const outcome = await this.#queue.finish(claim, answer)
    if (outcome !== null) this.#options.onAttempt?.(claim, outcome, reason)
  }

  async #attempt({ id, url, body, secrets }: DeliveryClaim): Promise<Answer> {
    const signal = AbortSignal.any([AbortSignal.timeout(this.#options.timeout), this.#cut.signal])
    const headers = signedHeaders(id, body, this.#open(secrets), new Date())
    // Checked again each time: names may have other addresses now, and the operator other settings.
    const target = this.#guard.check(url)
    const addresses = await unlessAborted(this.#guard.addresses(target), signal)
    return post(target, addresses, body, headers, signal)
  }

  #open(secrets: DeliveryClaim['secrets']): readonly Uint8Array[] {
    try {
      return secrets()
    } catch (error) {
      this.#failed(error)
      throw error
    }
  }

  #failed(error: unknown): void {
    this.#options.onError(toZkserveError(error))
  }
}

/** What the operator's log tells of a failed attempt: no addresses, which may hold secrets. */
function reasonOf(error: unknown): string {
  const { code, name } = error as NodeJS.ErrnoException
  return name === 'TimeoutError' || name === 'AbortError' ? 'TIMEOUT' : (code ?? 'ADDRESS_REFUSED')
}

async function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted()
  let stop = (): void => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
