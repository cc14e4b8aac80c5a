import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { ZkserveError } from '#circuits/errors.js'
import { actAs } from '#service/audit/actor.js'
import { type Cursor, createdMicros, timeOf } from '#service/database/cursor.js'
import { guarded } from '#service/database/guarded.js'
import { locks } from '#service/database/locks.js'
import type { Database } from '#service/database/open-database.js'
import { later } from '#service/database/times.js'
import type { Cipher } from '#service/secrets/cipher.js'
import type { WebhookGuard } from '#service/webhooks/guard.js'
import { newSecret, secretText } from '#service/webhooks/signature.js'
import type { Delivery, JobEvent, Webhook } from '#service/webhooks/webhook.js'
import {
  deliveryColumns,
  deliveryOf,
  secretPurpose,
  webhookColumns,
  webhookOf,
} from '#service/webhooks/webhook-row.js'

/** ms for which the secret before the last rotation signs too. */
const overlap = 24 * 3_600_000

/** A part of a list, newest first. */
export interface DeliveryPage {
  readonly deliveries: readonly Delivery[]
  /** Where the next part begins; null at the end. */
  readonly next: Cursor | null
}

/** Webhooks for those who own them. Every one is a tenant's, and nobody else finds it. */
export class Webhooks {
  readonly #database: Database
  readonly #cipher: Cipher
  readonly #guard: WebhookGuard
  readonly #limit: number

  /** @param limit webhooks that one tenant may have */
  constructor(database: Database, cipher: Cipher, guard: WebhookGuard, limit: number) {
    this.#database = database
    this.#cipher = cipher
    this.#guard = guard
    this.#limit = limit
  }

  /**
   * Makes a webhook; its secret is told here and never again.
   * @param actor who asks for it, as the audit log names it
   * @throws ZkserveError `WEBHOOK_REFUSED`, `QUOTA_EXCEEDED`
   */
  async create(
    tenant: string,
    url: string,
    events: readonly JobEvent[],
    actor?: string,
  ): Promise<{ readonly webhook: Webhook; readonly secret: string }> {
    const id = `wh_${randomBytes(16).toString('hex')}`
    const secret = newSecret()
    const values = {
      ...{ id, tenant, events: [...events] },
      url: this.#guard.check(url).url.href,
      secret: this.#cipher.seal(secret, secretPurpose(id)),
    }
    return guarded(() =>
      actAs(this.#database.tables, actor, async (tables) => {
        // One after another: else many at once would take the same last place.
        await sql`select pg_advisory_xact_lock(${locks.createWebhook})`.execute(tables)
        const { count } = await tables
          .selectFrom('webhooks')
          .select(({ fn }) => fn.countAll<string>().as('count'))
          .where('tenant', '=', tenant)
          .executeTakeFirstOrThrow()
        if (Number(count) >= this.#limit) throw tooMany(this.#limit)
        const row = await tables
          .insertInto('webhooks')
          .values(values)
          .returning(webhookColumns)
          .executeTakeFirstOrThrow()
        return { webhook: webhookOf(row), secret: secretText(secret) }
      }),
    )
  }

  /** All webhooks of a tenant, oldest first. */
  list(tenant: string): Promise<readonly Webhook[]> {
    return guarded(async () => {
      const rows = await this.#database.tables
        .selectFrom('webhooks')
        .select(webhookColumns)
        .where('tenant', '=', tenant)
        .orderBy('created_at')
        .orderBy('id')
        .execute()
      return rows.map(webhookOf)
    })
  }

  /** @throws ZkserveError `WEBHOOK_NOT_FOUND` where the tenant has none of this id */
  get(tenant: string, id: string): Promise<Webhook> {
    return guarded(async () => {
      const row = await this.#database.tables
        .selectFrom('webhooks')
        .select(webhookColumns)
        .where('id', '=', id)
        .where('tenant', '=', tenant)
        .executeTakeFirst()
      if (row === undefined) throw notFound()
      return webhookOf(row)
    })
  }

  /** Ends a webhook, and forgets what was to be sent. @throws ZkserveError `WEBHOOK_NOT_FOUND` */
  delete(tenant: string, id: string, actor?: string): Promise<void> {
    return guarded(async () => {
      const { numDeletedRows } = await actAs(this.#database.tables, actor, (tables) =>
        tables.deleteFrom('webhooks').where('id', '=', id).where('tenant', '=', tenant).executeTakeFirst(),
      )
      if (numDeletedRows === 0n) throw notFound()
    })
  }

  /**
   * Draws a new secret, told here and never again. The one before signs too for 24 hours; earlier ones end now.
   * @throws ZkserveError `WEBHOOK_NOT_FOUND`
   */
  rotate(
    tenant: string,
    id: string,
    actor?: string,
  ): Promise<{ readonly secret: string; readonly oldUntil: number }> {
    return guarded(async () => {
      const secret = newSecret()
      const row = await actAs(this.#database.tables, actor, (tables) =>
        tables
          .updateTable('webhooks')
          .set({
            secret: this.#cipher.seal(secret, secretPurpose(id)),
            old_secret: ({ ref }) => ref('secret'),
            old_until: later(overlap),
          })
          .where('id', '=', id)
          .where('tenant', '=', tenant)
          .returning('old_until')
          .executeTakeFirst(),
      )
      if (row === undefined) throw notFound()
      return { secret: secretText(secret), oldUntil: row.old_until!.getTime() }
    })
  }

  /**
   * Has a ping sent: once, also to a webhook that is disabled, which a success enables again. While one waits, it is
   * the one.
   * @throws ZkserveError `WEBHOOK_NOT_FOUND`
   */
  async ping(tenant: string, id: string): Promise<Delivery> {
    await this.get(tenant, id)
    const timestamp = new Date().toISOString()
    const body = JSON.stringify({ type: 'ping', timestamp, data: { webhook: id } })
    return guarded(() =>
      this.#database.tables.transaction().execute(async (tables) => {
        const locked = await tables
          .selectFrom('webhooks')
          .select('id')
          .where('id', '=', id)
          .forNoKeyUpdate()
          .executeTakeFirst()
        if (locked === undefined) throw notFound()
        const waiting = await tables
          .selectFrom('deliveries')
          .select(deliveryColumns)
          .where('webhook', '=', id)
          .where('event', '=', 'ping')
          .where('state', '=', 'pending')
          .executeTakeFirst()
        if (waiting !== undefined) return deliveryOf(waiting)
        const row = await tables
          .insertInto('deliveries')
          .values({ id: `msg_${randomBytes(16).toString('hex')}`, webhook: id, event: 'ping', body })
          .returning(deliveryColumns)
          .executeTakeFirstOrThrow()
        return deliveryOf(row)
      }),
    )
  }

  /**
   * What was sent, and what will be, newest first.
   * @param after where the part before ended, or null
   * @throws ZkserveError `WEBHOOK_NOT_FOUND`
   */
  async deliveries(tenant: string, id: string, limit: number, after: Cursor | null): Promise<DeliveryPage> {
    await this.get(tenant, id)
    return guarded(async () => {
      const rows = await this.#database.tables
        .selectFrom('deliveries')
        .select(deliveryColumns)
        .select(createdMicros.as('micros'))
        .where('webhook', '=', id)
        .$if(after !== null, (query) => query.where(isAfter(after!)))
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute()
      const part = rows.slice(0, limit)
      const last = rows.length > limit ? part.at(-1) : undefined
      return {
        deliveries: part.map(deliveryOf),
        next: last === undefined ? null : { createdAt: last.micros, id: last.id },
      }
    })
  }
}

function isAfter(cursor: Cursor) {
  return sql<boolean>`(created_at, id) < (${timeOf(cursor)}, ${cursor.id})`
}

function notFound(): ZkserveError {
  return new ZkserveError('WEBHOOK_NOT_FOUND', 'no webhook of this id is known')
}

function tooMany(limit: number): ZkserveError {
  return new ZkserveError('QUOTA_EXCEEDED', `${limit} webhooks are all that one tenant may have`, {
    hints: ['Delete one with `DELETE /webhooks/ID`, or ask the operator for more.'],
    details: { limit },
  })
}
