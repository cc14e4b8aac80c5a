import { Type } from 'typebox'
import type { Route } from '#service/http/route.js'
import { problemReplies } from '#service/http/schemas/problem.js'

const example = `# HELP zkserve_queue_depth Jobs that wait for a worker, of all processes.
# TYPE zkserve_queue_depth gauge
zkserve_queue_depth 0
`

const schema = {
  operationId: 'getMetrics',
  summary: 'Metrics for Prometheus',
  description:
    'Proofs by model and outcome, times of their steps, queue, loaded keys, memory. Asks for no credentials.',
  tags: ['health'],
  response: {
    200: {
      description: "Prometheus' text form, version 0.0.4.",
      content: { 'text/plain': { schema: Type.String({ examples: [example] }) } },
    },
    ...problemReplies,
  },
}

/** GET /metrics, where the settings have it. */
export const metricsRoute: Route = async (app, { config, metrics }) => {
  if (!config.metrics) return
  app.get('/metrics', { schema, logLevel: 'warn' }, async (_request, reply) => {
    reply.header('cache-control', 'no-store').type(metrics.contentType)
    return metrics.text()
  })
}
