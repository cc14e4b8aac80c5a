import { verifyProofFile } from '#prover/verify.js'
import type { Route } from '#service/http/route.js'
import { problemReplies } from '#service/http/schemas/problem.js'
import { verifyBodySchema, verifyReplySchema } from '#service/http/schemas/verification.js'

const schema = {
  operationId: 'verify',
  summary: 'Check a proof',
  description:
    'Takes a reply of `POST /infer` or a file of `zkserve prove` as it is. Other members are let be.',
  tags: ['inference'],
  body: verifyBodySchema,
  response: { 200: verifyReplySchema, ...problemReplies },
}

/** POST /verify */
export const verifyRoute: Route = async (app, { models }) => {
  app.post('/verify', { schema, config: { scope: 'infer' } }, async ({ body, tenant }) => {
    const { model, ...proof } = body
    const bundle = await models.find(tenant.id, typeof model === 'string' ? model : model?.vkHash)
    return verifyProofFile(bundle, proof)
  })
}
