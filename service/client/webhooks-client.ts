import type { Static } from 'typebox'
import type { Transport } from '#service/client/transport.js'
import type {
  createdWebhookSchema,
  DeliveryReply,
  deliveriesSchema,
  newWebhookSchema,
  rotatedSchema,
  WebhookReply,
} from '#service/http/schemas/webhook.js'

/** Addresses that are told of the ends of the tenant's jobs. */
export class WebhooksClient {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** The reply's `secret`, by which messages are verified, is told this once. */
  create(webhook: Static<typeof newWebhookSchema>): Promise<Static<typeof createdWebhookSchema>> {
    return this.#transport.json('POST', '/webhooks', { body: webhook })
  }

  async list(): Promise<readonly WebhookReply[]> {
    const { webhooks } = await this.#transport.json<{ webhooks: readonly WebhookReply[] }>('GET', '/webhooks')
    return webhooks
  }

  get(id: string): Promise<WebhookReply> {
    return this.#transport.json('GET', pathOf(id))
  }

  delete(id: string): Promise<void> {
    return this.#transport.json('DELETE', pathOf(id))
  }

  /** A new secret; the one before it signs too for a day. */
  rotate(id: string): Promise<Static<typeof rotatedSchema>> {
    return this.#transport.json('POST', `${pathOf(id)}/rotate`)
  }

  /** Has a ping sent; while one waits, it is the one. */
  test(id: string): Promise<DeliveryReply> {
    return this.#transport.json('POST', `${pathOf(id)}/test`, { repeatable: true })
  }

  /** Newest first. */
  deliveries(
    id: string,
    query: { limit?: number; cursor?: string } = {},
  ): Promise<Static<typeof deliveriesSchema>> {
    return this.#transport.json('GET', `${pathOf(id)}/deliveries`, { query })
  }
}

function pathOf(id: string): string {
  return `/webhooks/${encodeURIComponent(id)}`
}
