import type { FastifyReply } from 'fastify'
import type { SerialisedError } from '#circuits/errors.js'
import type { Problem } from '#service/http/schemas/problem.js'
import type { PaymentRequired, SettleResponse } from '#service/payments/x402.js'
import { encodeHeader, requiredHeader, responseHeader } from '#service/payments/x402-headers.js'

/**
 * A problem with what x402 adds to it: headers, and the members of PaymentRequired beside those of the problem. The
 * member `error` says the same in both.
 */
export function announcePayment(
  { details }: Pick<SerialisedError, 'details'>,
  problem: Problem,
  reply: FastifyReply,
): object {
  const { paymentRequired, settlement } = details as {
    readonly paymentRequired?: PaymentRequired
    readonly settlement?: SettleResponse
  }
  if (settlement !== undefined) reply.header(responseHeader, encodeHeader(settlement))
  if (paymentRequired === undefined) return problem
  reply.header(requiredHeader, encodeHeader(paymentRequired))
  const { paymentRequired: _, ...others } = problem.details
  const { x402Version, resource, accepts } = paymentRequired
  return { ...problem, details: others, x402Version, resource, accepts }
}
