import type { FastifyCorsOptions } from '@fastify/cors'
import { requiredHeader, responseHeader, signatureHeader } from '#service/payments/x402-headers.js'

/** What pages may read beside the headers that browsers always give. */
const exposedHeaders = [
  ...['link', 'location', 'preference-applied', 'retry-after', 'www-authenticate', 'x-request-id'],
  ...['idempotency-replayed', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'],
  ...[requiredHeader, responseHeader],
]

/** What pages may send beside the headers that browsers always send. */
const allowedHeaders = [
  ...['authorization', 'content-type', 'idempotency-key', 'last-event-id', 'prefer', signatureHeader],
  ...['traceparent', 'tracestate', 'zkserve-access'],
]

/** Seconds for which a browser may keep the answer to a preflight. */
const maxAge = 600

/**
 * Which pages may call the service. Requests carry keys, not cookies: credentials of the browser are never asked for.
 * @param origins as the settings name them; `*` for any, none for no page
 */
export function corsOptions(origins: readonly string[]): FastifyCorsOptions {
  const origin = origins.includes('*') ? '*' : origins.length > 0 && [...origins]
  return {
    origin,
    methods: ['GET', 'HEAD', 'POST', 'DELETE'],
    allowedHeaders,
    exposedHeaders,
    maxAge,
    credentials: false,
    // What is no preflight falls through to the route that is not there.
    strictPreflight: false,
  }
}
