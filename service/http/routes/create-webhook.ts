import { actorOf } from '#service/audit/actor.js'
import type { Route } from '#service/http/route.js'
import { problemReplies } from '#service/http/schemas/problem.js'
import { createdWebhookSchema, newWebhookSchema, webhookReply } from '#service/http/schemas/webhook.js'
import { jobEvents } from '#service/webhooks/webhook.js'

const schema = {
  operationId: 'createWebhook',
  summary: 'Be told of the ends of jobs',
  description: `Messages are posted to the address, signed by Standard Webhooks. The reply has the secret with which to
verify them, once.`,
  tags: ['webhooks'],
  body: newWebhookSchema,
  response: { 201: createdWebhookSchema, ...problemReplies },
}

/** POST /webhooks */
export const createWebhookRoute: Route = async (app, { webhooks }) => {
  const options = { schema, config: { scope: 'webhooks' }, bodyLimit: 16_384 } as const
  app.post('/webhooks', options, async ({ tenant, body }, reply) => {
    const { webhook, secret } = await webhooks.create(
      tenant.id,
      body.url,
      body.events ?? jobEvents,
      actorOf(tenant),
    )
    reply.code(201).header('location', `/webhooks/${webhook.id}`).header('cache-control', 'no-store')
    return { ...webhookReply(webhook), secret }
  })
}
