import { solidityOf } from '#service/http/model-solidity.js'
import type { Route } from '#service/http/route.js'
import { modelParametersSchema } from '#service/http/schemas/model.js'
import { modelSolidityExample } from '#service/http/schemas/model-examples.js'
import { modelSoliditySchema } from '#service/http/schemas/model-solidity.js'
import { problemReplies } from '#service/http/schemas/problem.js'

const schema = {
  operationId: 'getModelSolidity',
  summary: 'How contracts take proofs of a model',
  description: 'The layout of calldata, and the call that publishes the model in the registry.',
  tags: ['models'],
  params: modelParametersSchema,
  response: { 200: { ...modelSoliditySchema, examples: [modelSolidityExample] }, ...problemReplies },
}

/** GET /models/:id/solidity */
export const modelSolidityRoute: Route = async (app, { models }) => {
  app.get('/models/:id/solidity', { schema, config: { scope: 'read' } }, async ({ params, tenant }) =>
    solidityOf(await models.find(tenant.id, params.id)),
  )
}
