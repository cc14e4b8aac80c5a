import { Type } from 'typebox'
import type { Route } from '#service/http/route.js'
import { problemReplies } from '#service/http/schemas/problem.js'

const schema = {
  operationId: 'isLive',
  summary: 'Whether the process answers',
  tags: ['health'],
  response: {
    200: Type.Object({ status: Type.Literal('live') }, { examples: [{ status: 'live' }] }),
    ...problemReplies,
  },
}

/** GET /health/live */
export const healthLiveRoute: Route = async (app) => {
  app.get('/health/live', { schema, logLevel: 'warn' }, async () => ({ status: 'live' as const }))
}
