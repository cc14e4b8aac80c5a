import type { Selectable } from 'kysely'
import type { DeliveryRow, WebhookRow } from '#service/database/tables.js'
import type { Delivery, Webhook } from '#service/webhooks/webhook.js'

/** What readers of a webhook get: not its secrets. */
export const webhookColumns = [
  ...(['id', 'url', 'events', 'created_at', 'failing_since', 'disabled_at'] as const),
] as const

export const deliveryColumns = [
  ...(['id', 'event', 'job', 'state', 'attempts', 'status'] as const),
  ...(['created_at', 'attempted_at', 'next_at', 'finished_at'] as const),
] as const

/** A row of the table as a webhook. */
export function webhookOf(row: Pick<Selectable<WebhookRow>, (typeof webhookColumns)[number]>): Webhook {
  return {
    id: row.id,
    url: row.url,
    events: row.events,
    createdAt: row.created_at.getTime(),
    failingSince: row.failing_since?.getTime() ?? null,
    disabledAt: row.disabled_at?.getTime() ?? null,
  }
}

/** A row of the table as a delivery. */
export function deliveryOf(row: Pick<Selectable<DeliveryRow>, (typeof deliveryColumns)[number]>): Delivery {
  return {
    id: row.id,
    event: row.event,
    job: row.job,
    state: row.state,
    attempts: row.attempts,
    status: row.status,
    createdAt: row.created_at.getTime(),
    attemptedAt: row.attempted_at?.getTime() ?? null,
    nextAt: row.state === 'pending' ? row.next_at.getTime() : null,
    finishedAt: row.finished_at?.getTime() ?? null,
  }
}

/** What a secret is sealed for; see Cipher. */
export function secretPurpose(webhook: string): string {
  return `secret of webhook ${webhook}`
}
