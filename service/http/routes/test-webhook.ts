import type { Route } from '#service/http/route.js'
import { problemReplies } from '#service/http/schemas/problem.js'
import { deliveryReply, deliverySchema, webhookParametersSchema } from '#service/http/schemas/webhook.js'

const schema = {
  operationId: 'testWebhook',
  summary: 'Send a ping',
  description: `It is sent once, also to a webhook that is disabled; an answer 2xx enables that again. How it went is
among the deliveries.`,
  tags: ['webhooks'],
  params: webhookParametersSchema,
  response: { 202: deliverySchema, ...problemReplies },
}

/** POST /webhooks/:id/test */
export const testWebhookRoute: Route = async (app, { webhooks, sender }) => {
  app.post('/webhooks/:id/test', { schema, config: { scope: 'webhooks' } }, async (request, reply) => {
    const { id } = request.params
    const delivery = await webhooks.ping(request.tenant.id, id)
    sender?.wake()
    reply.code(202).header('location', `/webhooks/${id}/deliveries`)
    return deliveryReply(delivery)
  })
}
