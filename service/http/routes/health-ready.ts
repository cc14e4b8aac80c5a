import { Type } from 'typebox'
import { readinessOf } from '#service/http/readiness.js'
import type { Route } from '#service/http/route.js'
import { problemReplies } from '#service/http/schemas/problem.js'

const readyExample = {
  status: 'ready',
  reason: null,
  models: 1,
  role: 'all',
  queue: { running: 1, queued: 0, concurrency: 2, queueSize: 64 },
}

const readySchema = Type.Object({
  status: Type.Enum(['ready', 'unavailable']),
  reason: Type.Union([Type.String(), Type.Null()]),
  models: Type.Integer(),
  role: Type.Enum(['all', 'api', 'worker', 'oracle']),
  queue: Type.Object({
    running: Type.Integer(),
    queued: Type.Integer(),
    concurrency: Type.Integer(),
    queueSize: Type.Integer(),
  }),
})

const schema = {
  operationId: 'isReady',
  summary: 'Whether the service takes work',
  tags: ['health'],
  response: {
    200: { ...readySchema, examples: [readyExample] },
    503: {
      ...readySchema,
      examples: [{ ...readyExample, status: 'unavailable', reason: 'no worker is there' }],
    },
    ...problemReplies,
  },
}

/** Seconds after which to ask again. */
const retryAfter = 5

/** GET /health/ready */
export const healthReadyRoute: Route = async (app, services) => {
  const { config, models } = services
  app.get('/health/ready', { schema, logLevel: 'warn' }, async (_request, reply) => {
    const { reason, queue } = await readinessOf(services)
    if (reason !== null) reply.code(503).header('retry-after', retryAfter)
    const { role, queueSize } = config
    const { running = 0, queued = 0, concurrency = 0 } = queue ?? {}
    return {
      status: reason === null ? ('ready' as const) : ('unavailable' as const),
      reason,
      models: models.bundles.length,
      role,
      queue: { running, queued, concurrency, queueSize },
    }
  })
}
