import type { Route } from '#service/http/route.js'
import { modelParametersSchema } from '#service/http/schemas/model.js'
import { describedModelSchema, describedOf } from '#service/http/schemas/model-entry.js'
import { describedModelExample } from '#service/http/schemas/model-examples.js'
import { problemReplies } from '#service/http/schemas/problem.js'
import { findVisible } from '#service/http/visible-models.js'

const schema = {
  operationId: 'getModel',
  summary: 'One model, with the cost of each layer',
  description: 'Of a model that is being built, or could not be, its state.',
  tags: ['models'],
  params: modelParametersSchema,
  response: { 200: { ...describedModelSchema, examples: [describedModelExample] }, ...problemReplies },
}

/** GET /models/:id */
export const modelRoute: Route = async (app, services) => {
  app.get('/models/:id', { schema, config: { scope: 'read' } }, async ({ params, tenant, id }) =>
    describedOf(await findVisible(services, tenant.id, params.id), id),
  )
}
