import { sql } from 'kysely'
import { guarded } from '#service/database/guarded.js'
import { locks } from '#service/database/locks.js'
import type { Database } from '#service/database/open-database.js'
import { later, now } from '#service/database/times.js'
import type { Cipher } from '#service/secrets/cipher.js'
import type { Answer } from '#service/webhooks/post.js'
import { failureLimit, maxAttempts, pauseAfter, retryDelay } from '#service/webhooks/retry.js'
import type { WebhookEvent } from '#service/webhooks/webhook.js'
import { secretPurpose } from '#service/webhooks/webhook-row.js'

/** A message in the hands of one sender. */
export interface DeliveryClaim {
  readonly id: string
  readonly webhook: string
  readonly tenant: string
  readonly event: WebhookEvent
  /** Number of the attempt, from 1: the fencing token. What an earlier one writes is refused. */
  readonly attempt: number
  readonly url: string
  readonly body: string
  /** Opens the keys that sign, the newest first. @throws ZkserveError `DECRYPTION_FAILED` */
  readonly secrets: () => readonly Uint8Array[]
}

/** Whose messages are not claimed: those who have enough of them under way. */
export interface Busy {
  readonly webhooks: readonly string[]
  readonly tenants: readonly string[]
}

/** How an attempt ended; `retry`: another follows. */
export type AttemptOutcome = 'delivered' | 'retry' | 'failed'

export interface DeliveryQueueOptions {
  /** ms for which a claim holds: longer than an attempt takes. */
  readonly lease?: number
  /** ms for which an ended delivery is kept. */
  readonly lifetime?: number
  /** Ended deliveries of one webhook kept at most; the oldest go first. */
  readonly limit?: number
}

const defaults = { lease: 20_000, lifetime: 7 * 24 * 3_600_000, limit: 1000 }

/**
 * Messages for those who send them. Each is sent until a receiver takes it or its attempts are used up: at least once,
 * since a sender may die between the answer and its note, and always with the same id.
 */
export class DeliveryQueue {
  readonly #database: Database
  readonly #cipher: Cipher
  readonly #options: Required<DeliveryQueueOptions>

  constructor(database: Database, cipher: Cipher, options: DeliveryQueueOptions = {}) {
    this.#database = database
    this.#cipher = cipher
    this.#options = { ...defaults, ...options }
  }

  /** The message that is due for longest and whose receiver is not busy, or null. */
  claim(busy: Busy): Promise<DeliveryClaim | null> {
    // To a webhook that is disabled nothing goes but a ping.
    const sendable = sql`state = 'pending' and attempts < ${maxAttempts} and (disabled_at is null or event = 'ping')`
    return guarded(async () => {
      // For each webhook its oldest alone: a long queue of one does not slow the search for others.
      const { rows } = await sql<ClaimedRow>`
        with due as materialized (
          select w.id, w.disabled_at from webhooks w
          cross join lateral (
            select next_at from deliveries
            where webhook = w.id and ${sendable}
            order by next_at limit 1) d
          where d.next_at <= statement_timestamp()
            and (w.paused_until is null or w.paused_until <= statement_timestamp())
            and w.tenant not in (select id from tenants where disabled_at is not null)
            and w.id <> all(${busy.webhooks}) and w.tenant <> all(${busy.tenants})
          order by d.next_at limit 4),
        claimed as (
          select d.id from due
          cross join lateral (
            select id from deliveries
            where webhook = due.id and ${sendable} and next_at <= statement_timestamp()
            order by next_at limit 1 for update skip locked) d
          limit 1)
        update deliveries d
        set attempts = attempts + 1, attempted_at = ${now}, next_at = ${later(this.#options.lease)}
        from claimed, webhooks w
        where d.id = claimed.id and w.id = d.webhook
        returning d.id, d.webhook, d.event, d.attempts, d.body, w.tenant, w.url, w.secret,
          case when w.old_until > ${now} then w.old_secret end as old_secret`.execute(this.#database.tables)
      const [row] = rows
      if (row === undefined) return null
      const { id, webhook, tenant, event, attempts: attempt, url, body, secret, old_secret: old } = row
      const secrets = () =>
        [secret, ...(old === null ? [] : [old])].map((sealed) =>
          this.#cipher.open(sealed, secretPurpose(webhook)),
        )
      return { id, webhook, tenant, event, attempt, url, body, secrets }
    })
  }

  /** Notes how an attempt ended. @param answer null where none came @returns null where the claim holds no more */
  finish(claim: DeliveryClaim, answer: Answer | null): Promise<AttemptOutcome | null> {
    return guarded(async () => {
      const { event, attempt } = claim
      const { status, retryAfter } = answer ?? { status: null, retryAfter: null }
      const taken = status !== null && status >= 200 && status < 300
      const gone = status === 410
      const delay = taken || gone || event === 'ping' ? null : retryDelay(attempt, retryAfter)
      const outcome: AttemptOutcome = taken ? 'delivered' : delay === null ? 'failed' : 'retry'
      const change =
        outcome === 'retry' ? { next_at: later(delay) as typeof now } : { state: outcome, finished_at: now }
      if (!(await this.#update(claim, { ...change, status }))) return null
      if (taken) await this.#succeeded(claim)
      else if (event !== 'ping') await this.#failed(claim, gone, pauseAfter(status, retryAfter))
      return outcome
    })
  }

  /** Gives a message back that was not sent, or whose answer nobody waited for: the attempt does not count. */
  release(claim: DeliveryClaim): Promise<void> {
    return guarded(async () => {
      await this.#update(claim, { attempts: sql`attempts - 1`, next_at: now })
    })
  }

  /** Ends what will not be sent any more, and forgets what ended long ago; one process at a time. */
  sweep(): Promise<void> {
    const { lifetime, limit } = this.#options
    const work = async (tables: Database['tables']): Promise<void> => {
      const { rows } = await sql<{
        mine: boolean
      }>`select pg_try_advisory_xact_lock(${locks.sweepDeliveries}) as mine`.execute(tables)
      if (rows[0]?.mine !== true) return
      await sql`update deliveries d set state = 'failed', finished_at = ${now} from webhooks w
        where w.id = d.webhook and d.state = 'pending'
          and ((d.attempts >= ${maxAttempts} and d.next_at <= statement_timestamp())
            or (w.disabled_at is not null and d.event <> 'ping'))`.execute(tables)
      await sql`delete from deliveries where finished_at <= ${later(-lifetime)} or id in (
        select id from (
          select id, row_number() over (partition by webhook order by finished_at desc) as place
          from deliveries where state <> 'pending') ended
        where place > ${limit})`.execute(tables)
    }
    return guarded(() => this.#database.tables.transaction().execute(work))
  }

  async #update({ id, attempt }: DeliveryClaim, change: object): Promise<boolean> {
    const { numUpdatedRows } = await this.#database.tables
      .updateTable('deliveries')
      .set(change)
      .where('id', '=', id)
      .where('state', '=', 'pending')
      .where('attempts', '=', attempt)
      .executeTakeFirst()
    return numUpdatedRows > 0n
  }

  async #succeeded({ webhook, event }: DeliveryClaim): Promise<void> {
    await this.#database.tables
      .updateTable('webhooks')
      .set({ failing_since: null, ...(event === 'ping' ? { disabled_at: null, paused_until: null } : {}) })
      .where('id', '=', webhook)
      .where((where) =>
        where.or([where('failing_since', 'is not', null), where('disabled_at', 'is not', null)]),
      )
      .execute()
  }

  async #failed({ webhook }: DeliveryClaim, gone: boolean, pause: number): Promise<void> {
    await sql`update webhooks set
        failing_since = coalesce(failing_since, ${now}),
        paused_until = case when ${pause} > 0 then greatest(paused_until, ${later(pause)}) else paused_until end,
        disabled_at = case when ${gone} or failing_since <= ${later(-failureLimit)}
          then coalesce(disabled_at, ${now}) else disabled_at end
      where id = ${webhook}`.execute(this.#database.tables)
  }
}

interface ClaimedRow {
  readonly id: string
  readonly webhook: string
  readonly tenant: string
  readonly event: WebhookEvent
  readonly attempts: number
  readonly url: string
  readonly body: string
  readonly secret: Uint8Array
  readonly old_secret: Uint8Array | null
}
