import { actorOf } from '#service/audit/actor.js'
import type { Route } from '#service/http/route.js'
import { problemReplies } from '#service/http/schemas/problem.js'
import { webhookParametersSchema } from '#service/http/schemas/webhook.js'

const schema = {
  operationId: 'deleteWebhook',
  summary: 'Delete a webhook',
  description: 'What was to be sent to it is forgotten; a message on its way may still arrive.',
  tags: ['webhooks'],
  params: webhookParametersSchema,
  response: { 204: { description: 'It is gone.' }, ...problemReplies },
}

/** DELETE /webhooks/:id */
export const deleteWebhookRoute: Route = async (app, { webhooks }) => {
  app.delete('/webhooks/:id', { schema, config: { scope: 'webhooks' } }, async (request, reply) => {
    await webhooks.delete(request.tenant.id, request.params.id, actorOf(request.tenant))
    return reply.code(204).send()
  })
}
