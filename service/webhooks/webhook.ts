/** What webhooks tell: how a job ended. */
export const jobEvents = ['job.succeeded', 'job.failed', 'job.cancelled', 'job.expired'] as const

export type JobEvent = (typeof jobEvents)[number]

/** `ping` is sent when its owner asks for it, to every webhook. */
export type WebhookEvent = JobEvent | 'ping'

/** An address that is told of a tenant's jobs. Times are ms since the epoch. */
export interface Webhook {
  readonly id: string
  readonly url: string
  readonly events: readonly JobEvent[]
  readonly createdAt: number
  /** The first attempt that failed since the last one that did not; null where the last one succeeded. */
  readonly failingSince: number | null
  /** Since when nothing is sent: the receiver said that it is gone, or failed for days. */
  readonly disabledAt: number | null
}

export const deliveryStates = ['pending', 'delivered', 'failed'] as const

export type DeliveryState = (typeof deliveryStates)[number]

/** One message to one webhook. Times are ms since the epoch. */
export interface Delivery {
  /** The `webhook-id`: the same at each attempt. */
  readonly id: string
  readonly event: WebhookEvent
  /** Id of the job; null for a ping. */
  readonly job: string | null
  readonly state: DeliveryState
  readonly attempts: number
  /** HTTP status of the last answer; null where none came, whatever the reason. */
  readonly status: number | null
  readonly createdAt: number
  readonly attemptedAt: number | null
  /** When the next attempt is due; null where there is none. */
  readonly nextAt: number | null
  readonly finishedAt: number | null
}
