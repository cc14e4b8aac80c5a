import { context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { FastifyBaseLogger } from 'fastify'
import { toZkserveError } from '#circuits/errors.js'
import type { Claim } from '#service/jobs/claim.js'
import type { JobStage } from '#service/jobs/job.js'
import type { Work } from '#service/jobs/job-worker.js'
import { contextOf, type Origin } from '#service/telemetry/origin.js'
import { tracer } from '#service/telemetry/tracer.js'

interface Traced {
  readonly origin?: Origin
}

/**
 * Work whose jobs and stages have spans, and whose end has a line in the log, each with the id of the request that
 * made the job. Of a job's id eight digits: it is the key to the result.
 */
export function tracedWork<Task extends Traced, Result>(
  work: Work<Task, Result>,
  log: FastifyBaseLogger,
): Work<Task, Result> {
  return async (claim, options) => {
    const { origin } = claim.task
    const begun = performance.now()
    const span = startSpan(claim)
    const within = trace.setSpan(contextOf(origin), span)
    let stage: Span | undefined
    const onStage = (name: JobStage): void => {
      stage?.end()
      stage = tracer().startSpan(name, {}, within)
      options.onStage(name)
    }
    const facts = {
      ...{ job: claim.id.slice(0, 8), reqId: origin?.request, kind: claim.kind, attempt: claim.attempt },
      waited: Math.round(claim.waited),
    }
    const took = (): number => Math.round(performance.now() - begun)
    try {
      const result = await context.with(within, () => work(claim, { ...options, onStage }))
      log.info({ ...facts, took: took() }, 'job done')
      return result
    } catch (thrown) {
      const error = toZkserveError(thrown)
      const { code, status } = error
      for (const each of [stage, span]) each?.setStatus({ code: SpanStatusCode.ERROR, message: code })
      span.setAttribute('error.type', code)
      // What fails inside is told to the client by its code alone.
      if (status === 500)
        log.error({ ...facts, took: took(), code, err: error, cause: error.cause }, error.message)
      else log.info({ ...facts, took: took(), code }, 'job not done')
      throw thrown
    } finally {
      stage?.end()
      span.end()
    }
  }
}

function startSpan({ id, kind, tenant, attempt, waited, task }: Claim<Traced>): Span {
  const attributes = {
    'zkserve.job.id': id.slice(0, 8),
    'zkserve.job.kind': kind,
    'zkserve.job.attempt': attempt,
    'zkserve.job.waited_ms': Math.round(waited),
    'zkserve.tenant': tenant,
    ...(task.origin === undefined ? {} : { 'zkserve.request.id': task.origin.request }),
  }
  return tracer().startSpan(`job ${kind}`, { kind: SpanKind.CONSUMER, attributes }, contextOf(task.origin))
}
