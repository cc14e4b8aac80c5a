import { type Context, isSpanContextValid, ROOT_CONTEXT, type SpanContext, trace } from '@opentelemetry/api'
import type { FastifyRequest } from 'fastify'

/** The request that made a job, as far as logs and traces tell of it. */
export interface Origin {
  /** Id of the request. */
  readonly request: string
  /** Its span; null where nobody traces. */
  readonly span: Pick<SpanContext, 'traceId' | 'spanId' | 'traceFlags'> | null
}

/** What a job keeps of the request that makes it. */
export function originOf({ id, span }: Pick<FastifyRequest, 'id' | 'span'>): Origin {
  const context = span?.spanContext()
  if (context === undefined || !isSpanContextValid(context)) return { request: id, span: null }
  const { traceId, spanId, traceFlags } = context
  return { request: id, span: { traceId, spanId, traceFlags } }
}

/** Where a job's span belongs: under the request's, wherever that was answered. */
export function contextOf(origin: Origin | undefined): Context {
  if (origin?.span == null) return ROOT_CONTEXT
  return trace.setSpanContext(ROOT_CONTEXT, { ...origin.span, isRemote: true })
}
