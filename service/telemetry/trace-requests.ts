import {
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { tracer } from '#service/telemetry/tracer.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** The request's span; undefined before it has begun. */
    span: Span | undefined
  }
}

/**
 * A span for every request, under that of its caller where it comes with one (W3C Trace Context). It has the route,
 * not the address: ids in addresses are keys to results.
 */
export function traceRequests(app: FastifyInstance): void {
  app.decorateRequest('span')
  app.addHook('onRequest', async (request) => {
    request.span = tracer().startSpan(nameOf(request), { kind: SpanKind.SERVER }, callerOf(request))
    request.span.setAttribute('http.request.method', request.method)
    request.span.setAttribute('zkserve.request.id', request.id)
    const route = request.routeOptions.url
    if (route !== undefined) request.span.setAttribute('http.route', route)
  })
  app.addHook('onResponse', async ({ span }, { statusCode }) => {
    span?.setAttribute('http.response.status_code', statusCode)
    if (statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR })
    span?.end()
  })
  // Then there is no response.
  app.addHook('onRequestAbort', async (request) => {
    request.span?.setStatus({ code: SpanStatusCode.ERROR, message: 'the client hung up' })
    request.span?.end()
    request.span = undefined
  })
}

/** An instrumentation of Node's http may have begun a span already. */
function callerOf({ headers }: FastifyRequest) {
  const active = context.active()
  return trace.getSpan(active) === undefined ? propagation.extract(ROOT_CONTEXT, headers) : active
}

function nameOf({ method, routeOptions }: FastifyRequest): string {
  return routeOptions.url === undefined ? method : `${method} ${routeOptions.url}`
}
