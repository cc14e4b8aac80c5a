import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { toZkserveError, ZkserveError } from '#circuits/errors.js'
import { fromFramework, problemType, retryAfterOf, toProblem } from '#service/http/problem.js'
import { announcePayment } from '#service/payments/payment-problem.js'

/** Answers every error, unknown routes too, as a problem document. */
export function registerErrorHandlers(app: FastifyInstance): void {
  app.setErrorHandler(answerError)
  app.setNotFoundHandler((request, reply) => {
    const message = `there is no route ${request.method} ${request.url.split('?')[0]!.slice(0, 200)}`
    return answerError(new ZkserveError('ROUTE_NOT_FOUND', message), request, reply)
  })
}

/** Logs what is not the client's fault. */
export function reportFault(error: ZkserveError, { log, span }: FastifyRequest): void {
  if (error.status < 500) return
  span?.setAttribute('error.type', error.code)
  log.error({ err: error.cause ?? error, code: error.code }, error.message)
}

/** Sends the error as a problem; what is not the client's fault is logged. */
export function answerError(
  thrown: FastifyError | Error | unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const error = toZkserveError(fromFramework(thrown))
  reportFault(error, request)
  const problem = toProblem(error.toJSON(), request.id)
  const retryAfter = retryAfterOf(error)
  if (retryAfter !== null) reply.header('retry-after', retryAfter)
  // Text, so that the route's own reply schema does not apply.
  // Hooks do not run for addresses that cannot be read.
  reply.header('x-request-id', request.id)
  const told = announcePayment(error, problem, reply)
  return reply.code(problem.status).type(problemType).send(JSON.stringify(told))
}
