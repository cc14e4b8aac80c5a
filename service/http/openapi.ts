import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import type { Config } from '#service/config/schema.js'
import { openApiWebhooks } from '#service/http/schemas/webhook-messages.js'
import type { Scope } from '#service/tenants/tenant.js'

/** OpenAPI 3.1 of the routes registered after it: rendered at /docs, as JSON at /docs/json. */
export async function registerOpenApi(
  app: FastifyInstance,
  version: string,
  auth: Config['auth'],
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'zkserve',
        version,
        description: 'Neural networks whose answers carry proofs that smart contracts accept.',
        license: { name: 'GPL-3.0-or-later', identifier: 'GPL-3.0-or-later' },
      },
      tags: [
        { name: 'inference', description: 'Answers and their proofs' },
        { name: 'open inference', description: 'The Open Inference Protocol, version 2' },
        { name: 'jobs', description: 'Proofs under way' },
        { name: 'models', description: 'What is served' },
        { name: 'receipts', description: 'Signed results' },
        { name: 'webhooks', description: 'Messages to others' },
        { name: 'agents', description: 'What agents read of the service' },
        { name: 'tenants', description: 'Limits and use' },
        { name: 'health', description: 'For load balancers' },
        { name: 'errors', description: 'What codes mean' },
      ],
      webhooks: openApiWebhooks,
      components: { securitySchemes },
    },
    transformObject: (document) => {
      if ('openapiObject' in document) emptyReplies(document.openapiObject)
      return 'openapiObject' in document ? document.openapiObject : document.swaggerObject
    },
    transform: ({ schema, url, route }) => {
      const scope = route.config?.scope
      return { schema: scope === undefined ? schema : { ...schema, security: securityOf(scope, auth) }, url }
    },
  })
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true })
}

const securitySchemes = {
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    description:
      'An API key. What it must allow (`infer`, `read`, `models`, `webhooks`) stands at each route.',
  },
} as const

/** Where the service asks for no keys, they may come all the same. */
function securityOf(scope: Scope, auth: Config['auth']): Record<string, string[]>[] {
  return auth === 'keys' ? [{ apiKey: [scope] }] : [{}, { apiKey: [scope] }]
}

/** The plugin gives every reply a body in JSON; those of status 204 have none. */
function emptyReplies({
  paths = {},
}: {
  readonly paths?: Readonly<Record<string, object | undefined>> | undefined
}): void {
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods ?? {})) as {
    responses?: { 204?: { content?: unknown } }
  }[]
  for (const { responses } of operations) delete responses?.[204]?.content
}
