import { ZkserveError } from '#circuits/errors.js'
import {
  serverLiveSchema,
  serverMetadataSchema,
  serverReadySchema,
} from '#service/http/open-inference/schemas.js'
import { readinessOf } from '#service/http/readiness.js'
import type { Route } from '#service/http/route.js'
import { problemReplies } from '#service/http/schemas/problem.js'
import { packageVersion } from '#service/package-version.js'

const tags = ['open inference']

const metadataSchema = {
  operationId: 'openInferenceServer',
  summary: 'The server, as the Open Inference Protocol has it',
  tags,
  response: { 200: serverMetadataSchema, ...problemReplies },
}

const liveSchema = {
  operationId: 'openInferenceLive',
  summary: 'Whether the process answers',
  tags,
  response: { 200: serverLiveSchema, ...problemReplies },
}

const readySchema = {
  operationId: 'openInferenceReady',
  summary: 'Whether all models are ready',
  description: 'Not ready is 409: the protocol has a 4xx for it.',
  tags,
  response: { 200: serverReadySchema, ...problemReplies },
}

/** Seconds after which to ask again. */
const retryAfter = 5

/** GET /v2, /v2/health/live, /v2/health/ready */
export const openInferenceServerRoutes: Route = async (app, services) => {
  const metadata = async () => ({
    name: 'zkserve',
    version: packageVersion(),
    extensions: ['zkserve_proof'],
  })
  app.get('/v2', { schema: metadataSchema }, metadata)
  app.get('/v2/', { schema: { ...metadataSchema, hide: true } }, metadata)
  app.get('/v2/health/live', { schema: liveSchema, logLevel: 'warn' }, async () => ({ live: true }))
  app.get('/v2/health/ready', { schema: readySchema, logLevel: 'warn' }, async () => {
    const { reason } = await readinessOf(services)
    if (reason === null) return { live: true, ready: true }
    throw notReady(`the server is not ready: ${reason}`)
  })
}

export function notReady(message: string): ZkserveError {
  return new ZkserveError('MODEL_NOT_READY', message, {
    hints: ['Try again after the time that Retry-After gives.'],
    details: { retryAfter },
  })
}
