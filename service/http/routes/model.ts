import type { Route } from '#service/http/route.js'
import { modelOf, modelParametersSchema, modelSchema } from '#service/http/schemas/model.js'
import { problemReplies } from '#service/http/schemas/problem.js'

const schema = {
  operationId: 'getModel',
  summary: 'One model, with the cost of each layer',
  tags: ['models'],
  params: modelParametersSchema,
  response: { 200: modelSchema, ...problemReplies },
}

/** GET /models/:id */
export const modelRoute: Route = async (app, { models }) => {
  app.get('/models/:id', { schema, config: { scope: 'read' } }, async ({ params, tenant }) =>
    modelOf(await models.find(tenant.id, params.id)),
  )
}
