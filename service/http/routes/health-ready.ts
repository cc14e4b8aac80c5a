import { Type } from 'typebox'
import type { Route } from '#service/http/route.js'

const readySchema = Type.Object({
  status: Type.Enum(['ready', 'unavailable']),
  reason: Type.Union([Type.String(), Type.Null()]),
  models: Type.Integer(),
  role: Type.Enum(['all', 'api', 'worker']),
  queue: Type.Object({
    running: Type.Integer(),
    queued: Type.Integer(),
    concurrency: Type.Integer(),
    queueSize: Type.Integer(),
  }),
})

const schema = {
  summary: 'Whether the service takes work',
  tags: ['health'],
  response: { 200: readySchema, 503: readySchema },
}

/** GET /health/ready */
export const healthReadyRoute: Route = async (app, { config, models, jobs, queue }) => {
  app.get('/health/ready', { schema, logLevel: 'warn' }, async (_request, reply) => {
    const { queued, running, concurrency } = await queue.status()
    const reason = jobs.stopping
      ? 'stopping'
      : models.bundles.length === 0
        ? 'no model is served'
        : concurrency === 0
          ? 'no worker is there'
          : null
    if (reason !== null) reply.code(503)
    const status = reason === null ? ('ready' as const) : ('unavailable' as const)
    const { role, queueSize } = config
    return {
      status,
      reason,
      models: models.bundles.length,
      role,
      queue: { running, queued, concurrency, queueSize },
    }
  })
}
