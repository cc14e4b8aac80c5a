import { sql, type Transaction } from 'kysely'
import { type SerialisedError, ZkserveError } from '#circuits/errors.js'
import { guarded } from '#service/database/guarded.js'
import type { Database } from '#service/database/open-database.js'
import type { PaymentRow, Tables } from '#service/database/tables.js'
import { later, now } from '#service/database/times.js'
import { claimDue, type DueRow } from '#service/payments/claim-due.js'
import {
  type Payment,
  type PaymentEnd,
  type PaymentState,
  type SignedPayment,
  settlementOf,
} from '#service/payments/payment.js'
import type { SettleResponse } from '#service/payments/x402.js'
import type { Cipher } from '#service/secrets/cipher.js'

/** A payment whose jobs wait for nothing else. */
export interface DuePayment {
  readonly payment: Payment
  /** Whether all its jobs are proven; else one of them ended otherwise, and nothing may be charged. */
  readonly proven: boolean
}

/** What names an authorisation. */
type Authorised = Pick<PaymentRow, 'network' | 'asset' | 'payer' | 'nonce'>

/**
 * Payments in the database, beside the jobs that they pay for. Rows outlive their jobs: an authorisation answers one
 * request, whichever process it reaches and however late it comes again.
 */
export class PaymentLedger {
  readonly #database: Database
  readonly #cipher: Cipher

  constructor(database: Database, cipher: Cipher) {
    this.#database = database
    this.#cipher = cipher
  }

  /** Whether the authorisation came before. */
  isKnown(payment: SignedPayment): Promise<boolean> {
    return guarded(async () => {
      const { network, asset, payer, nonce } = authorisedBy(payment)
      const found = await this.#database.tables
        .selectFrom('payments')
        .select('id')
        .where('network', '=', network)
        .where('asset', '=', asset)
        .where('payer', '=', payer)
        .where('nonce', '=', nonce)
        .executeTakeFirst()
      return found !== undefined
    })
  }

  /**
   * Keeps a payment in the transaction of its jobs. Of requests at once with the same one, the first has it.
   * @param jobs that it pays for
   * @returns false where it came before
   */
  async take(
    tables: Transaction<Tables>,
    payment: Pick<Payment, 'id' | 'payload' | 'requirements' | 'since'>,
    { tenant, jobs }: { readonly tenant: string; readonly jobs: number },
  ): Promise<boolean> {
    const { id, payload, requirements, since } = payment
    const signed = Buffer.from(JSON.stringify({ payload, requirements }))
    const row = await tables
      .insertInto('payments')
      .values({
        ...{ id, tenant, jobs, ...authorisedBy(payment), since: String(since) },
        pay_to: requirements.payTo.toLowerCase(),
        amount: requirements.amount,
        payload: this.#cipher.seal(signed, purposeOf(id)),
      })
      .onConflict((conflict) => conflict.constraint('payments_once').doNothing())
      .returning('id')
      .executeTakeFirst()
    return row !== undefined
  }

  /**
   * What the payer has signed in this token and is not settled yet, in its smallest units; in the transaction that makes
   * the jobs, which are made one after another. Payments that may be on the chain are left out: the balance tells of them.
   */
  async promised(tables: Transaction<Tables>, payment: SignedPayment): Promise<bigint> {
    const { network, asset, payer } = authorisedBy(payment)
    const { sum } = await tables
      .selectFrom('payments')
      .select(sql<string>`coalesce(sum(amount::numeric), 0)`.as('sum'))
      .where('network', '=', network)
      .where('asset', '=', asset)
      .where('payer', '=', payer)
      .where('state', '=', 'accepted')
      .where('sent', '=', false)
      .executeTakeFirstOrThrow()
    return BigInt(sum)
  }

  /**
   * The next payment whose jobs are all proven, or of which one ended otherwise; null where there is none. It is the
   * caller's for a while.
   */
  claim(): Promise<DuePayment | null> {
    return guarded(async () => {
      const row = await claimDue(this.#database.tables)
      return row === undefined ? null : this.#read(row)
    })
  }

  /** Notes that the payment goes to its facilitator, or that it surely was not submitted. */
  noteSent(id: string, sent: boolean): Promise<void> {
    return this.#change(id, { sent })
  }

  /** Lets a payment be, for so many ms. */
  postpone(id: string, milliseconds: number): Promise<void> {
    return this.#change(id, { next_at: later(milliseconds) })
  }

  /** Nobody has claimed anything: for a process that knows to be the first. */
  lapseAll(): Promise<void> {
    return guarded(async () => {
      await this.#database.tables
        .updateTable('payments')
        .set({ next_at: now })
        .where('state', '=', 'accepted')
        .execute()
    })
  }

  /** Ends a payment and its jobs: their results are shown, or erased. @returns false where another did */
  end(payment: Payment, end: PaymentEnd): Promise<boolean> {
    if (end.state === 'settled') {
      const shown = { state: 'succeeded', stage: null, finished_at: now }
      return this.#end(payment.id, { state: end.state, transaction: end.transaction }, shown)
    }
    const error = new ZkserveError('PAYMENT_FAILED', `the payment could not be settled: ${end.reason}`, {
      details: { reason: end.reason, settlement: settlementOf(payment, end) },
    })
    return this.#end(payment.id, end, failedWith(error.toJSON()))
  }

  /** Ends a payment that is not to be charged, and what is left of its jobs. @returns false where another did */
  release(id: string): Promise<boolean> {
    const error = new ZkserveError(
      'PAYMENT_RELEASED',
      'another proof of the payment was not made: nothing was charged',
    )
    return this.#end(id, { state: 'released' }, failedWith(error.toJSON()))
  }

  /** What became of the payment of a tenant's job, as its facilitator says it; null where that is open, or it is free. */
  settlementOf(tenant: string, job: string): Promise<SettleResponse | null> {
    return guarded(async () => {
      const row = await this.#database.tables
        .selectFrom('jobs')
        .innerJoin('payments', 'payments.id', 'jobs.payment')
        .select(['payments.state', 'network', 'payer', 'transaction', 'reason'])
        .where('jobs.id', '=', job)
        .where('jobs.tenant', '=', tenant)
        .executeTakeFirst()
      if (row?.state !== 'settled' && row?.state !== 'failed') return null
      const { network, payer } = row
      return row.state === 'settled'
        ? { success: true, transaction: row.transaction!, network, payer }
        : { success: false, errorReason: row.reason!, transaction: '', network, payer }
    })
  }

  /** Payments that are to be settled or released yet. */
  open(): Promise<number> {
    return guarded(async () => {
      const { count } = await this.#database.tables
        .selectFrom('payments')
        .select(({ fn }) => fn.countAll<string>().as('count'))
        .where('state', '=', 'accepted')
        .executeTakeFirstOrThrow()
      return Number(count)
    })
  }

  #read(row: DueRow): DuePayment {
    const { id, since, sent, attempts } = row
    const plain = Buffer.from(this.#cipher.open(row.payload!, purposeOf(id))).toString()
    const signed = JSON.parse(plain) as SignedPayment
    const payment = { id, ...signed, since: BigInt(since), sent, attempts }
    return { payment, proven: Number(row.proven) === row.jobs }
  }

  #change(id: string, change: object): Promise<void> {
    return guarded(async () => {
      await this.#database.tables
        .updateTable('payments')
        .set(change)
        .where('id', '=', id)
        .where('state', '=', 'accepted')
        .execute()
    })
  }

  #end(
    id: string,
    ended: { readonly state: PaymentState; readonly transaction?: string; readonly reason?: string },
    jobs: object,
  ): Promise<boolean> {
    return guarded(() =>
      this.#database.tables.transaction().execute(async (tables) => {
        await sql`select set_config('zkserve.settling', 'on', true)`.execute(tables)
        const { numUpdatedRows } = await tables
          .updateTable('payments')
          .set({ ...ended, payload: null, ended_at: now })
          .where('id', '=', id)
          .where('state', '=', 'accepted')
          .executeTakeFirst()
        if (numUpdatedRows === 0n) return false
        await tables
          .updateTable('jobs')
          .set(jobs)
          .where('payment', '=', id)
          .where('state', 'in', ['queued', 'running'])
          .execute()
        return true
      }),
    )
  }
}

function failedWith(error: SerialisedError): object {
  return {
    ...{ state: 'failed', stage: null, task: null, result: null, finished_at: now },
    error: JSON.stringify(error),
  }
}

function authorisedBy({ payload, requirements }: SignedPayment): Authorised {
  const { from, nonce } = payload.payload.authorization
  return {
    network: requirements.network,
    asset: requirements.asset.toLowerCase(),
    payer: from.toLowerCase(),
    nonce: nonce.toLowerCase(),
  }
}

function purposeOf(id: string): string {
  return `payment ${id}`
}
