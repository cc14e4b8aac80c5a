import type { Route } from '#service/http/route.js'
import { problemReplies } from '#service/http/schemas/problem.js'
import { webhookReply, webhooksSchema } from '#service/http/schemas/webhook.js'

const schema = {
  operationId: 'listWebhooks',
  summary: 'All webhooks, oldest first',
  tags: ['webhooks'],
  response: { 200: webhooksSchema, ...problemReplies },
}

/** GET /webhooks */
export const webhooksRoute: Route = async (app, { webhooks }) => {
  app.get('/webhooks', { schema, config: { scope: 'webhooks' } }, async ({ tenant }) => ({
    webhooks: (await webhooks.list(tenant.id)).map(webhookReply),
  }))
}
