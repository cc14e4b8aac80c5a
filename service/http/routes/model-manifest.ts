import { Type } from 'typebox'
import { manifestText } from '#prover/bundle/manifest-text.js'
import type { Route } from '#service/http/route.js'
import { modelParametersSchema } from '#service/http/schemas/model.js'
import { manifestExample } from '#service/http/schemas/model-examples.js'
import { problemReplies } from '#service/http/schemas/problem.js'
import { isOwn } from '#service/http/visible-models.js'

const manifestSchema = Type.Object(
  { schema: Type.String(), view: Type.Optional(Type.String()), name: Type.String(), vkHash: Type.String() },
  { additionalProperties: true },
)

const schema = {
  operationId: 'getModelManifest',
  summary: "A model's manifest, from which all follows that is said of it",
  description:
    'Of committed weights that are not your own it leaves out the list of files, whose hashes would tell of them, and the digest over it.',
  tags: ['models'],
  params: modelParametersSchema,
  response: {
    200: { ...manifestSchema, examples: [manifestExample] },
    ...problemReplies,
  },
}

/** GET /models/:id/manifest */
export const modelManifestRoute: Route = async (app, services) => {
  app.get(
    '/models/:id/manifest',
    { schema, config: { scope: 'read' } },
    async ({ params, tenant }, reply) => {
      const { manifest } = await services.models.find(tenant.id, params.id)
      const whole = manifest.weights === 'fixed' || (await isOwn(services, tenant.id, manifest.vkHash))
      const { digest: _, ...body } = manifest
      const { files: __, view: ___, ...facts } = body
      const text = whole ? manifestText(body) : `${JSON.stringify(facts, null, 2)}\n`
      // The file's own text: its digest depends on its order.
      return reply.serializer(() => text).send(manifest)
    },
  )
}
