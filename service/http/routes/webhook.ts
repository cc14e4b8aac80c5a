import type { Route } from '#service/http/route.js'
import { problemReplies } from '#service/http/schemas/problem.js'
import { webhookParametersSchema, webhookReply, webhookSchema } from '#service/http/schemas/webhook.js'

const schema = {
  operationId: 'getWebhook',
  summary: 'One webhook',
  tags: ['webhooks'],
  params: webhookParametersSchema,
  response: { 200: webhookSchema, ...problemReplies },
}

/** GET /webhooks/:id */
export const webhookRoute: Route = async (app, { webhooks }) => {
  app.get('/webhooks/:id', { schema, config: { scope: 'webhooks' } }, async ({ tenant, params }) =>
    webhookReply(await webhooks.get(tenant.id, params.id)),
  )
}
