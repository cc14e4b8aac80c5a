import type { Route } from '#service/http/route.js'
import { problemReplies } from '#service/http/schemas/problem.js'
import {
  deliveriesQuerySchema,
  deliveriesSchema,
  deliveryReply,
  readCursor,
  webhookParametersSchema,
  writeCursor,
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

/** GET /webhooks/:id/deliveries */
export const webhookDeliveriesRoute: Route = async (app, { webhooks }) => {
  const options = { schema, config: { scope: 'webhooks' } } as const
  app.get('/webhooks/:id/deliveries', options, async ({ tenant, params, query }) => {
    const after = query.cursor === undefined ? null : readCursor(query.cursor)
    const limit = Number(query.limit ?? 50)
    const { deliveries, next } = await webhooks.deliveries(tenant.id, params.id, limit, after)
    return { deliveries: deliveries.map(deliveryReply), next: next === null ? null : writeCursor(next) }
  })
}
