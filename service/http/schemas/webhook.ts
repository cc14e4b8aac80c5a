import { type Static, type TSchema, Type } from 'typebox'
import { isoOrNull, isoTime, time } from '#service/http/schemas/time.js'
import {
  type Delivery,
  deliveryStates,
  jobEvents,
  type Webhook,
  type WebhookEvent,
} from '#service/webhooks/webhook.js'

const nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])

const webhookExample = {
  id: 'wh_8f14e45fceea167a5a36dedd4bea2543',
  url: 'https://hooks.example.com/zkserve',
  events: ['job.succeeded', 'job.failed'],
  createdAt: '2025-11-21T03:00:00.000Z',
  failingSince: null,
  disabledAt: null,
}

const deliveryExample = {
  id: 'msg_c9f0f895fb98ab9159f51fd0297e236d',
  event: 'job.succeeded',
  job: '8f14e45fceea167a5a36dedd4bea2543',
  state: 'pending',
  attempts: 1,
  status: 503,
  createdAt: '2025-11-21T03:00:00.000Z',
  attemptedAt: '2025-11-21T03:00:00.040Z',
  nextAt: '2025-11-21T03:00:05.310Z',
  finishedAt: null,
}

const secretExample = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD8eqXLjUmZpc='

const secretSchema = Type.String({
  description: 'Key of the signatures, HMAC-SHA256 by Standard Webhooks. It is told here and never again.',
})

export const webhookParametersSchema = Type.Object({
  id: Type.String({ pattern: '^wh_[0-9a-f]{32}$', description: 'Id of the webhook.' }),
})

export const newWebhookSchema = Type.Object(
  {
    url: Type.String({
      minLength: 1,
      maxLength: 2048,
      description: 'Where to post: https, a public host, port 443, but for what the operator allows.',
    }),
    events: Type.Optional(
      Type.Array(Type.Enum([...jobEvents]), {
        minItems: 1,
        maxItems: jobEvents.length,
        uniqueItems: true,
        description: 'What to tell; all by default.',
      }),
    ),
  },
  {
    additionalProperties: false,
    examples: [{ url: webhookExample.url, events: webhookExample.events }, { url: webhookExample.url }],
  },
)

export const webhookSchema = Type.Object(
  {
    id: Type.String(),
    url: Type.String(),
    events: Type.Array(Type.Enum([...jobEvents])),
    createdAt: time('When it was made.'),
    failingSince: nullable(
      time('The first attempt that failed since the last success; null where the last succeeded.'),
    ),
    disabledAt: nullable(
      time('Since when nothing is sent: the receiver answered 410, or failed for three days.'),
    ),
  },
  { examples: [webhookExample] },
)

export type WebhookReply = Static<typeof webhookSchema>

export const createdWebhookSchema = Type.Object(
  { ...webhookSchema.properties, secret: secretSchema },
  { examples: [{ ...webhookExample, secret: secretExample }] },
)

export const webhooksSchema = Type.Object(
  { webhooks: Type.Array(webhookSchema) },
  { examples: [{ webhooks: [webhookExample] }] },
)

export const rotatedSchema = Type.Object(
  { secret: secretSchema, oldUntil: time('Until when the secret before this one signs too.') },
  { examples: [{ secret: secretExample, oldUntil: '2025-11-22T03:00:00.000Z' }] },
)

export const deliverySchema = Type.Object(
  {
    id: Type.String({ description: 'The `webhook-id`: the same at each attempt.' }),
    event: Type.Enum([...jobEvents, 'ping']),
    job: nullable(Type.String({ description: 'Id of the job; null for a ping.' })),
    state: Type.Enum([...deliveryStates], { description: '`pending` while attempts are to come.' }),
    attempts: Type.Integer(),
    status: nullable(
      Type.Integer({
        description: 'HTTP status of the last answer; null where none came, whatever the reason.',
      }),
    ),
    createdAt: time('When the job ended, or the ping was asked for.'),
    attemptedAt: nullable(time('When the last attempt began.')),
    nextAt: nullable(time('When the next attempt is due.')),
    finishedAt: nullable(time('When it was delivered, or given up.')),
  },
  { examples: [deliveryExample] },
)

export type DeliveryReply = Static<typeof deliverySchema>

export const deliveriesSchema = Type.Object(
  {
    deliveries: Type.Array(deliverySchema),
    next: nullable(
      Type.String({
        description: '`cursor` of the next page, also in the Link header; null after the last.',
      }),
    ),
  },
  { examples: [{ deliveries: [deliveryExample], next: null }] },
)

export const deliveriesQuerySchema = Type.Object(
  {
    limit: Type.Optional(
      Type.String({
        pattern: '^([1-9][0-9]?|100)$',
        description: 'Deliveries of a page, 1 to 100; 50 by default.',
      }),
    ),
    cursor: Type.Optional(Type.String({ maxLength: 200, description: '`next` of the page before.' })),
  },
  { additionalProperties: false },
)

/** A webhook as its reader sees it. */
export function webhookReply(webhook: Webhook): WebhookReply {
  return {
    id: webhook.id,
    url: webhook.url,
    events: [...webhook.events],
    createdAt: isoTime(webhook.createdAt),
    failingSince: isoOrNull(webhook.failingSince),
    disabledAt: isoOrNull(webhook.disabledAt),
  }
}

/** A delivery as its reader sees it. */
export function deliveryReply(delivery: Delivery): DeliveryReply {
  return {
    id: delivery.id,
    event: delivery.event satisfies WebhookEvent,
    job: delivery.job,
    state: delivery.state,
    attempts: delivery.attempts,
    status: delivery.status,
    createdAt: isoTime(delivery.createdAt),
    attemptedAt: isoOrNull(delivery.attemptedAt),
    nextAt: isoOrNull(delivery.nextAt),
    finishedAt: isoOrNull(delivery.finishedAt),
  }
}
