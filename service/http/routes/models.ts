import { Type } from 'typebox'
import type { Route } from '#service/http/route.js'
import { modelSummarySchema, summaryOf } from '#service/http/schemas/model.js'
import { problemReplies } from '#service/http/schemas/problem.js'

const schema = {
  operationId: 'listModels',
  summary: 'The models that are served',
  tags: ['models'],
  response: { 200: Type.Object({ models: Type.Array(modelSummarySchema) }), ...problemReplies },
}

/** GET /models */
export const modelsRoute: Route = async (app, { models }) => {
  app.get('/models', { schema, config: { scope: 'read' } }, async ({ tenant }) => ({
    models: (await models.list(tenant.id)).map(summaryOf),
  }))
}
