import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'

/** OpenAPI 3.1 of the routes registered after it: rendered at /docs, as JSON at /docs/json. */
export async function registerOpenApi(app: FastifyInstance, version: string): Promise<void> {
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
        { name: 'jobs', description: 'Proofs under way' },
        { name: 'models', description: 'What is served' },
        { name: 'receipts', description: 'Signed results' },
        { name: 'health', description: 'For load balancers' },
        { name: 'errors', description: 'What codes mean' },
      ],
    },
  })
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true })
}
