import { Counter, Gauge, type Registry } from 'prom-client'
import type { ErrorCode } from '#circuits/error-table.js'
import type { PaymentState } from '#service/payments/payment.js'
import type { PaymentLedger } from '#service/payments/payment-ledger.js'

/** `verified`: good, and about to be taken; the end of one that was taken; or why one was refused. */
export type PaymentOutcome = 'verified' | Exclude<PaymentState, 'accepted'> | ErrorCode

/** What a process tells Prometheus of payments. */
export class PaymentMetrics {
  readonly #count: Counter<'outcome'>
  readonly #amount: Counter

  constructor(registry: Registry, ledger: Pick<PaymentLedger, 'open'>) {
    const registers = [registry]
    this.#count = new Counter({
      registers,
      name: 'zkserve_payments_total',
      help: 'Payments by outcome: verified, settled, failed, released, or the error code of what was refused.',
      labelNames: ['outcome'],
    })
    this.#amount = new Counter({
      registers,
      name: 'zkserve_payments_amount_total',
      help: "What was settled, in the token's smallest units.",
    })
    const open: Gauge = new Gauge({
      registers,
      name: 'zkserve_payments_open',
      help: 'Payments that are to be settled or released yet, of all processes.',
      // A database that does not answer must not hide the other metrics.
      collect: async () => open.set(await ledger.open().catch(() => Number.NaN)),
    })
    for (const outcome of ['verified', 'settled', 'failed', 'released'] as const)
      this.#count.inc({ outcome }, 0)
  }

  count(outcome: PaymentOutcome): void {
    this.#count.inc({ outcome })
  }

  /** @param amount in the smallest units of the token */
  settled(amount: bigint): void {
    this.count('settled')
    this.#amount.inc(Number(amount))
  }
}
