import { Type } from 'typebox'
import type { Route } from '#service/http/route.js'
import { entryOf, modelEntrySchema } from '#service/http/schemas/model-entry.js'
import { modelEntryExample } from '#service/http/schemas/model-examples.js'
import { problemReplies } from '#service/http/schemas/problem.js'
import { unregistered } from '#service/http/visible-models.js'

const schema = {
  operationId: 'listModels',
  summary: 'The models that may be used, newest first',
  description: 'Uploads that are being built or could not be are among them, with their `state`.',
  tags: ['models'],
  querystring: Type.Object(
    {
      limit: Type.Optional(
        Type.String({
          pattern: '^([1-9][0-9]?|100)$',
          description: 'Models of a page, 1 to 100; 50 by default.',
        }),
      ),
      cursor: Type.Optional(
        Type.String({ pattern: '^[0-9a-f]{32}$', description: '`next` of the page before.' }),
      ),
      name: Type.Optional(Type.String({ maxLength: 256, description: 'Versions of this name alone.' })),
    },
    { additionalProperties: false },
  ),
  response: {
    200: Type.Object(
      {
        models: Type.Array(modelEntrySchema),
        next: Type.Union([Type.String(), Type.Null()], {
          description: '`cursor` of the next page; null after the last.',
        }),
      },
      { examples: [{ models: [modelEntryExample], next: null }] },
    ),
    ...problemReplies,
  },
}

/** GET /models */
export const modelsRoute: Route = async (app, services) => {
  const { registry } = services.catalogue
  app.get('/models', { schema, config: { scope: 'read' } }, async ({ query, tenant, id }, reply) => {
    const { limit = '50', cursor, name } = query
    const page = await registry.list(tenant.id, {
      limit: Number(limit),
      ...(cursor === undefined ? {} : { cursor }),
      ...(name === undefined ? {} : { name }),
    })
    // What the registry does not have comes once, with the first page.
    const given = cursor === undefined ? unregistered(services) : []
    const here = given.filter(({ manifest }) => name === undefined || manifest.name === name)
    const keys = new Set(given.map(({ manifest }) => manifest.vkHash))
    const others = page.models.filter(
      ({ tenant, manifest }) => tenant !== null || !keys.has(manifest!.vkHash),
    )
    if (page.next !== null) {
      const parameters = new URLSearchParams({ ...query, cursor: page.next })
      reply.header('link', `</models?${parameters}>; rel="next"`)
    }
    return {
      models: [
        ...here.map((bundle) => entryOf({ registered: null, bundle }, id)),
        ...others.map((registered) => entryOf({ registered, bundle: null }, id)),
      ],
      next: page.next,
    }
  })
}
