import { readCursor, writeCursor } from '#service/http/cursor.js'
import type { Route } from '#service/http/route.js'
import { problemReplies } from '#service/http/schemas/problem.js'
import {
  deliveriesQuerySchema,
  deliveriesSchema,
  deliveryReply,
  webhookParametersSchema,
} from '#service/http/schemas/webhook.js'

const schema = {
  operationId: 'listDeliveries',
  summary: 'What was sent to a webhook, and what will be',
  description: 'Newest first. What ended is kept for seven days, the last thousand at most.',
  tags: ['webhooks'],
  params: webhookParametersSchema,
  querystring: deliveriesQuerySchema,
  response: { 200: deliveriesSchema, ...problemReplies },
}

const deliveryIds = /^msg_[0-9a-f]{32}$/

/** GET /webhooks/:id/deliveries */
export const webhookDeliveriesRoute: Route = async (app, { webhooks }) => {
  const options = { schema, config: { scope: 'webhooks' } } as const
  app.get('/webhooks/:id/deliveries', options, async ({ tenant, params, query }, reply) => {
    const { limit = '50', cursor } = query
    const after = cursor === undefined ? null : readCursor(cursor, deliveryIds)
    const page = await webhooks.deliveries(tenant.id, params.id, Number(limit), after)
    const next = page.next && writeCursor(page.next)
    if (next !== null) {
      const following = new URLSearchParams({ ...query, cursor: next })
      reply.header('link', `</webhooks/${params.id}/deliveries?${following}>; rel="next"`)
    }
    return { deliveries: page.deliveries.map(deliveryReply), next }
  })
}
