import type { ZkserveError } from '#circuits/errors.js'
import type { Problem } from '#service/http/schemas/problem.js'
import type { ToolResult } from '#service/mcp/protocol.js'
import type { PaymentRequired, SettleResponse } from '#service/payments/x402.js'

/** Where x402's transport for MCP puts a payment, and what became of it (specs/transports-v2/mcp.md). */
export const paymentKey = 'x402/payment'
export const settlementKey = 'x402/payment-response'

/** An answer, and what became of its payment. */
export function toolAnswer(answer: object, settlement: unknown = null): ToolResult {
  return {
    content: [{ type: 'text', text: JSON.stringify(answer) }],
    structuredContent: answer,
    isError: false,
    ...(settlement !== null && { _meta: { [settlementKey]: settlement } }),
  }
}

/** Why there is no answer; where it is to be paid for, as x402 says it. */
export function toolRefusal({ details }: ZkserveError, problem: Problem): ToolResult {
  const { paymentRequired, settlement } = details as {
    readonly paymentRequired?: PaymentRequired
    readonly settlement?: SettleResponse
  }
  if (paymentRequired === undefined) {
    return { ...toolAnswer(problem, settlement ?? null), isError: true }
  }
  const wrapped = { 'x402/error': { code: 402, message: paymentRequired.error, data: paymentRequired } }
  return {
    content: [{ type: 'text', text: JSON.stringify(wrapped) }],
    structuredContent: paymentRequired,
    isError: true,
  }
}
