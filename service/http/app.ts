import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import type { FastifyPluginAsync } from 'fastify'
import { type AdminCall, callHere } from '#service/admin/operations.js'
import { countRefusals } from '#service/audit/count-refusals.js'
import { digestBodies } from '#service/http/body-digest.js'
import { corsOptions } from '#service/http/cors.js'
import { registerErrorHandlers } from '#service/http/error-handlers.js'
import { openInferenceInferRoutes } from '#service/http/open-inference/infer.js'
import { openInferenceModelRoutes } from '#service/http/open-inference/model.js'
import { openInferenceServerRoutes } from '#service/http/open-inference/server.js'
import { registerOpenApi } from '#service/http/openapi.js'
import { registerRateLimits } from '#service/http/rate-limits.js'
import type { Route } from '#service/http/route.js'
import { agentRegistrationRoute } from '#service/http/routes/agent-registration.js'
import { cancelJobRoute } from '#service/http/routes/cancel-job.js'
import { createWebhookRoute } from '#service/http/routes/create-webhook.js'
import { deleteModelRoute } from '#service/http/routes/delete-model.js'
import { deleteWebhookRoute } from '#service/http/routes/delete-webhook.js'
import { errorCodeRoute } from '#service/http/routes/error-code.js'
import { healthLiveRoute } from '#service/http/routes/health-live.js'
import { healthReadyRoute } from '#service/http/routes/health-ready.js'
import { inferRoute } from '#service/http/routes/infer.js'
import { jobRoute } from '#service/http/routes/job.js'
import { jobEventsRoute } from '#service/http/routes/job-events.js'
import { jobsRoute } from '#service/http/routes/jobs.js'
import { mcpRoute } from '#service/http/routes/mcp.js'
import { metricsRoute } from '#service/http/routes/metrics.js'
import { modelRoute } from '#service/http/routes/model.js'
import { modelManifestRoute } from '#service/http/routes/model-manifest.js'
import { modelReportRoute } from '#service/http/routes/model-report.js'
import { modelSolidityRoute } from '#service/http/routes/model-solidity.js'
import { modelsRoute } from '#service/http/routes/models.js'
import { oracleInputsRoute } from '#service/http/routes/oracle-inputs.js'
import { receiptSignerRoute } from '#service/http/routes/receipt-signer.js'
import { rotateWebhookRoute } from '#service/http/routes/rotate-webhook.js'
import { testWebhookRoute } from '#service/http/routes/test-webhook.js'
import { uploadModelRoute } from '#service/http/routes/upload-model.js'
import { usageRoute } from '#service/http/routes/usage.js'
import { verificationKeyRoute } from '#service/http/routes/verification-key.js'
import { verifyRoute } from '#service/http/routes/verify.js'
import { webhookRoute } from '#service/http/routes/webhook.js'
import { webhookDeliveriesRoute } from '#service/http/routes/webhook-deliveries.js'
import { webhooksRoute } from '#service/http/routes/webhooks.js'
import { closeDatabase, closeServices, type Services } from '#service/http/services.js'
import { registerTenants } from '#service/http/tenants.js'
import { measureRequests } from '#service/metrics/http-metrics.js'
import { packageVersion } from '#service/package-version.js'
import { traceRequests } from '#service/telemetry/trace-requests.js'

declare module 'fastify' {
  interface FastifyInstance {
    /** Does what the operator asks for; no route leads there. */
    admin: AdminCall
  }
}

/** What a process answers that takes no requests. */
const healthRoutes: readonly Route[] = [healthLiveRoute, healthReadyRoute, metricsRoute]

const routes: readonly Route[] = [
  inferRoute,
  verifyRoute,
  jobsRoute,
  jobRoute,
  jobEventsRoute,
  cancelJobRoute,
  uploadModelRoute,
  modelsRoute,
  modelRoute,
  verificationKeyRoute,
  modelManifestRoute,
  modelReportRoute,
  modelSolidityRoute,
  deleteModelRoute,
  receiptSignerRoute,
  usageRoute,
  createWebhookRoute,
  webhooksRoute,
  webhookRoute,
  deleteWebhookRoute,
  rotateWebhookRoute,
  testWebhookRoute,
  webhookDeliveriesRoute,
  errorCodeRoute,
  agentRegistrationRoute,
  mcpRoute,
  openInferenceServerRoutes,
  openInferenceModelRoutes,
  openInferenceInferRoutes,
  ...healthRoutes,
]

function routesOf(role: Services['config']['role']): readonly Route[] {
  if (role === 'worker') return healthRoutes
  return role === 'oracle' ? [...healthRoutes, oracleInputsRoute] : routes
}

/** The service as a Fastify plugin; proofs, queue and database end with the instance. */
export const app: FastifyPluginAsync<Services> = async (instance, services) => {
  const { config } = services
  instance.removeContentTypeParser('text/plain')
  instance.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    // Clients that keep their connections come back by the load balancer, to another process.
    if (services.drain.begun) reply.header('connection', 'close')
  })
  traceRequests(instance)
  measureRequests(instance, services.metrics.registry)
  // Requests that wait for proofs hold the server open: proofs end first.
  instance.addHook('preClose', () => closeServices(services, config.closeTimeout))
  // So would connections that clients keep after what they waited for: over a minute.
  instance.addHook('onResponse', async () => {
    if (services.jobs.stopping) setImmediate(() => instance.server.closeIdleConnections())
  })
  instance.addHook('onClose', () => closeDatabase(services))
  instance.addHook('onReady', async () => services.sender?.start())
  instance.addHook('onReady', async () => services.oracle?.start())
  instance.decorate('admin', callHere(services))
  registerErrorHandlers(instance)
  countRefusals(instance, services.audit)
  // Before whatever refuses requests: browsers read refusals too.
  await instance.register(helmet)
  await instance.register(cors, corsOptions(config.corsOrigin))
  await registerRateLimits(instance, config)
  await registerTenants(instance, services)
  digestBodies(instance)
  await registerOpenApi(instance, packageVersion(), config.auth)
  for (const route of routesOf(config.role)) await instance.register(route, services)
  instance.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect('/docs'))
}
