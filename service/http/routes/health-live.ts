import { Type } from 'typebox'
import type { Route } from '#service/http/route.js'

const schema = {
  operationId: 'isLive',
  summary: 'Whether the process answers',
  tags: ['health'],
  response: { 200: Type.Object({ status: Type.Literal('live') }) },
}

/** GET /health/live */
export const healthLiveRoute: Route = async (app) => {
  app.get('/health/live', { schema, logLevel: 'warn' }, async () => ({ status: 'live' as const }))
}
