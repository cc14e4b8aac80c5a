import { actorOf } from '#service/audit/actor.js'
import type { Route } from '#service/http/route.js'
import { problemReplies } from '#service/http/schemas/problem.js'
import { isoTime } from '#service/http/schemas/time.js'
import { rotatedSchema, webhookParametersSchema } from '#service/http/schemas/webhook.js'

const schema = {
  operationId: 'rotateWebhook',
  summary: 'Draw a new secret',
  description: 'Messages carry signatures by the new secret and by the one before it, for 24 hours.',
  tags: ['webhooks'],
  params: webhookParametersSchema,
  response: { 200: rotatedSchema, ...problemReplies },
}

/** POST /webhooks/:id/rotate */
export const rotateWebhookRoute: Route = async (app, { webhooks }) => {
  app.post('/webhooks/:id/rotate', { schema, config: { scope: 'webhooks' } }, async (request, reply) => {
    const { secret, oldUntil } = await webhooks.rotate(
      request.tenant.id,
      request.params.id,
      actorOf(request.tenant),
    )
    reply.header('cache-control', 'no-store')
    return { secret, oldUntil: isoTime(oldUntil) }
  })
}
