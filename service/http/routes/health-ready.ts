import { Type } from 'typebox'
import type { Route } from '#service/http/route.js'

const readySchema = Type.Object({
  status: Type.Enum(['ready', 'unavailable']),
  reason: Type.Union([Type.String(), Type.Null()]),
  models: Type.Integer(),
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
export const healthReadyRoute: Route = async (app, { models, pool }) => {
  app.get('/health/ready', { schema, logLevel: 'warn' }, async (_request, reply) => {
    const reason = pool.closing ? 'stopping' : models.bundles.length === 0 ? 'no model is served' : null
    if (reason !== null) reply.code(503)
    const status = reason === null ? ('ready' as const) : ('unavailable' as const)
    return { status, reason, models: models.bundles.length, queue: pool.status }
  })
}
