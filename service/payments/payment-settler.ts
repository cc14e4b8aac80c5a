import { toZkserveError, type ZkserveError } from '#circuits/errors.js'
import { ClaimLoop, type Held } from '#service/jobs/claim-loop.js'
import type { JobChange } from '#service/jobs/job-changes.js'
import type { DuePayment, PaymentLedger } from '#service/payments/payment-ledger.js'
import type { PaymentMetrics } from '#service/payments/payment-metrics.js'
import { type Settling, settlePayment } from '#service/payments/settle-payment.js'

/** Payments that one process settles at once. */
const concurrency = 8
/** ms after which a payment that is open yet is looked at again; twice as long each time. */
const [soonest, latest] = [500, 30_000]

export interface PaymentSettlerOptions extends Settling {
  readonly ledger: PaymentLedger
  readonly metrics: PaymentMetrics
  /** Calls back when jobs change. */
  readonly subscribe: (listener: (change: JobChange) => void) => () => void
  /** Told of what could not be done; it is tried again. */
  readonly onError: (error: ZkserveError) => void
  /** ms between looks when nobody tells of anything. */
  readonly poll?: number
}

/**
 * Settles what is proven, releases what will not be. Any number of processes may do so at once; what one of them
 * leaves behind, another finishes.
 */
export class PaymentSettler {
  readonly #options: PaymentSettlerOptions
  readonly #loop: ClaimLoop<DuePayment, Held>
  #unsubscribe: () => void = () => {}
  #timer: NodeJS.Timeout | undefined

  constructor(options: PaymentSettlerOptions) {
    this.#options = options
    this.#loop = new ClaimLoop({
      concurrency,
      claim: () => options.ledger.claim(),
      begin: (due) => ({ work: this.#do(due) }),
      onError: (error) => options.onError(toZkserveError(error)),
    })
  }

  start(): void {
    this.#unsubscribe = this.#options.subscribe((change) => {
      if (change === null || change.state !== 'queued') this.#loop.wake()
    })
    this.#timer = setInterval(() => this.#loop.wake(), this.#options.poll ?? 1000)
    this.#loop.wake()
  }

  /** Begins nothing more, and gives what is under way `grace` ms; the rest is found again on the chain. */
  async stop(grace: number): Promise<void> {
    this.#unsubscribe()
    clearInterval(this.#timer)
    await this.#loop.stop(grace)
  }

  async #do({ payment, proven }: DuePayment): Promise<void> {
    const { ledger, metrics } = this.#options
    if (!proven) {
      if (await ledger.release(payment.id)) metrics.count('released')
      return
    }
    try {
      const end = await settlePayment(payment, this.#options)
      if (end !== null) {
        // Whoever ends it counts it.
        if (!(await ledger.end(payment, end))) return
        if (end.state === 'failed') metrics.count('failed')
        else metrics.settled(BigInt(payment.requirements.amount))
        return
      }
    } catch (error) {
      this.#options.onError(toZkserveError(error))
    }
    await ledger.postpone(payment.id, Math.min(latest, soonest * 2 ** Math.min(payment.attempts - 1, 10)))
  }
}
