import type { TSchema } from 'typebox'
import { Check } from 'typebox/value'
import { ZkserveError } from '#circuits/errors.js'
import { boundedText } from '#service/bounded-text.js'
import {
  type PaymentPayload,
  type PaymentRequirements,
  type SettleResponse,
  type Supported,
  settleResponseSchema,
  supportedSchema,
  type VerifyResponse,
  verifyResponseSchema,
} from '#service/payments/x402.js'
import { x402Version } from '#service/payments/x402-headers.js'

/** ms that a facilitator may take; settling waits for a block. */
const patience = { supported: 5_000, verify: 10_000, settle: 45_000 }
/** Bytes of an answer that are read at most. */
const largest = 65_536

/** Who checks payments and submits them (specification, section 7). */
export interface Facilitator {
  /** @throws ZkserveError `PAYMENTS_UNAVAILABLE` */
  verify(payload: PaymentPayload, requirements: PaymentRequirements): Promise<VerifyResponse>
  /** @throws ZkserveError `PAYMENTS_UNAVAILABLE`; the payment may have been submitted all the same */
  settle(payload: PaymentPayload, requirements: PaymentRequirements): Promise<SettleResponse>
  /** @throws ZkserveError `PAYMENTS_UNAVAILABLE` */
  supported(): Promise<Supported>
}

/**
 * A facilitator by HTTP. Its address is the operator's choice and trusted as such; what it may take of time and memory
 * is bounded, and where it sends elsewhere is not followed.
 * @param url base address, to which `/verify`, `/settle` and `/supported` are added
 */
export function httpFacilitator(url: string): Facilitator {
  const base = url.replace(/\/+$/, '')
  const ask = async <Reply>(name: keyof typeof patience, schema: TSchema, body?: object): Promise<Reply> => {
    const reply = await request(`${base}/${name}`, patience[name], body)
    if (Check(schema, reply)) return reply as Reply
    throw unavailable(`the facilitator's answer to /${name} is none of x402`)
  }
  const payment = (paymentPayload: PaymentPayload, paymentRequirements: PaymentRequirements) => ({
    x402Version,
    paymentPayload,
    paymentRequirements,
  })
  return {
    verify: (payload, requirements) => ask('verify', verifyResponseSchema, payment(payload, requirements)),
    settle: (payload, requirements) => ask('settle', settleResponseSchema, payment(payload, requirements)),
    supported: () => ask('supported', supportedSchema),
  }
}

/** Facilitators say by 4xx too that a payment is refused: the body decides, whatever the status. */
async function request(url: string, timeout: number, body?: object): Promise<unknown> {
  try {
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    })
    return JSON.parse(await boundedText(response, largest))
  } catch (cause) {
    throw unavailable('the facilitator does not answer', cause)
  }
}

export function unavailable(message: string, cause?: unknown): ZkserveError {
  return new ZkserveError('PAYMENTS_UNAVAILABLE', message, { cause, details: { retryAfter: 5 } })
}
