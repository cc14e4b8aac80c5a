import type { FastifyInstance } from 'fastify'
import type { TypeBoxProvider } from '#service/http/route.js'
import { sideServer } from '#service/http/side-server.js'
import type { ExactFacilitator } from '#service/payments/facilitator/exact-facilitator.js'
import {
  facilitatorRequestSchema,
  settleResponseSchema,
  supportedSchema,
  verifyResponseSchema,
} from '#service/payments/x402.js'

/** A payment is below a kilobyte, but for signatures of contracts. */
const bodyLimit = 32_768

/** The three routes of a facilitator (x402 specification, section 7), not listening yet. */
export function createFacilitator(facilitator: ExactFacilitator, logLevel = 'info'): FastifyInstance {
  const server = sideServer({ bodyLimit, patience: 90_000, logLevel })
  const app = server.withTypeProvider<TypeBoxProvider>()
  const body = facilitatorRequestSchema
  app.post('/verify', { schema: { body, response: { 200: verifyResponseSchema } } }, ({ body }) =>
    facilitator.verify({ payload: body.paymentPayload, requirements: body.paymentRequirements }),
  )
  app.post(
    '/settle',
    { schema: { body, response: { 200: settleResponseSchema } } },
    async ({ body, log }) => {
      const payment = { payload: body.paymentPayload, requirements: body.paymentRequirements }
      const settled = await facilitator.settle(payment)
      const { success, transaction, errorReason } = settled
      log.info({ success, transaction, errorReason }, 'settled')
      return settled
    },
  )
  app.get('/supported', { schema: { response: { 200: supportedSchema } } }, async () =>
    facilitator.supported(),
  )
  return server
}
