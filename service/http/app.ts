import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import type { FastifyPluginAsync } from 'fastify'
import { registerErrorHandlers } from '#service/http/error-handlers.js'
import { registerOpenApi } from '#service/http/openapi.js'
import type { Route } from '#service/http/route.js'
import { cancelJobRoute } from '#service/http/routes/cancel-job.js'
import { errorCodeRoute } from '#service/http/routes/error-code.js'
import { healthLiveRoute } from '#service/http/routes/health-live.js'
import { healthReadyRoute } from '#service/http/routes/health-ready.js'
import { inferRoute } from '#service/http/routes/infer.js'
import { jobRoute } from '#service/http/routes/job.js'
import { metricsRoute } from '#service/http/routes/metrics.js'
import { modelRoute } from '#service/http/routes/model.js'
import { modelsRoute } from '#service/http/routes/models.js'
import { verificationKeyRoute } from '#service/http/routes/verification-key.js'
import { verifyRoute } from '#service/http/routes/verify.js'
import type { Services } from '#service/http/services.js'
import { packageVersion } from '#service/package-version.js'

const routes: readonly Route[] = [
  inferRoute,
  verifyRoute,
  jobRoute,
  cancelJobRoute,
  modelsRoute,
  modelRoute,
  verificationKeyRoute,
  healthLiveRoute,
  healthReadyRoute,
  metricsRoute,
  errorCodeRoute,
]

/** The service as a Fastify plugin; pool and job store end with the instance. */
export const app: FastifyPluginAsync<Services> = async (instance, services) => {
  const { config, pool, store } = services
  instance.removeContentTypeParser('text/plain')
  instance.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  // Requests that wait for proofs hold the server open: the pool ends first.
  instance.addHook('preClose', () => pool.close(config.closeTimeout))
  instance.addHook('onClose', () => store.close())
  registerErrorHandlers(instance)
  await instance.register(helmet)
  await instance.register(cors, { origin: originsOf(config.corsOrigin), exposedHeaders })
  await registerOpenApi(instance, packageVersion())
  for (const route of routes) await instance.register(route, services)
  instance.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect('/docs'))
}

const exposedHeaders = ['location', 'retry-after', 'x-request-id']

function originsOf(given: readonly string[]): string[] | string | false {
  if (given.includes('*')) return '*'
  return given.length === 0 ? false : [...given]
}
