import type { Route } from '#service/http/route.js'
import { modelParametersSchema } from '#service/http/schemas/model.js'
import { problemReplies } from '#service/http/schemas/problem.js'
import { verificationKeySchema } from '#service/http/schemas/proof.js'

const schema = {
  operationId: 'getVerificationKey',
  summary: "A model's verifying key, as snarkjs writes it",
  tags: ['models'],
  params: modelParametersSchema,
  response: { 200: verificationKeySchema, ...problemReplies },
}

/** GET /models/:id/verification-key */
export const verificationKeyRoute: Route = async (app, { models }) => {
  app.get(
    '/models/:id/verification-key',
    { schema, config: { scope: 'read' } },
    async ({ params, tenant }) => ({
      ...(await models.find(tenant.id, params.id)).verificationKey,
    }),
  )
}
