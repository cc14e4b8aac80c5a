import { randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Check } from 'typebox/value'
import { toZkserveError, ZkserveError } from '#circuits/errors.js'
import type { Bundle } from '#prover/bundle/load.js'
import type { Config } from '#service/config/schema.js'
import type { JobPayment } from '#service/jobs/new-job.js'
import type { Facilitator } from '#service/payments/facilitator-client.js'
import { faultOfPayment } from '#service/payments/fault-of-payment.js'
import type { SignedPayment } from '#service/payments/payment.js'
import type { PaymentChain } from '#service/payments/payment-chain.js'
import type { PaymentLedger } from '#service/payments/payment-ledger.js'
import type { PaymentMetrics } from '#service/payments/payment-metrics.js'
import type { Prices } from '#service/payments/prices.js'
import {
  type PaymentPayload,
  type PaymentRequired,
  type PaymentRequirements,
  paymentPayloadSchema,
} from '#service/payments/x402.js'
import {
  decodeHeader,
  encodeHeader,
  responseHeader,
  signatureHeader,
  x402Version,
} from '#service/payments/x402-headers.js'

/** Seconds for which a payment must hold yet when it is taken. */
const hold = 30
/** ms before a payment's end at which its proof must be made: the rest is for settling it. */
const settlingTime = 15_000

/** What is to be paid for. */
export interface Order {
  readonly bundle: Bundle
  /** Proofs, each with a job. */
  readonly jobs: number
  /** Whether proofs are asked for at all. */
  readonly proven: boolean
}

/** A payment that was taken, and until when it is good for. */
export interface TakenPayment extends JobPayment {
  /** ms from now by which the proof must be made. */
  readonly deadline: number
}

export interface PaymentDeskOptions {
  readonly config: Pick<
    Config,
    | 'paymentTo'
    | 'paymentNetwork'
    | 'paymentAsset'
    | 'paymentAssetName'
    | 'paymentAssetVersion'
    | 'paymentTimeout'
    | 'paymentExempt'
    | 'publicUrl'
  >
  readonly prices: Prices
  readonly ledger: PaymentLedger
  readonly chain: PaymentChain
  readonly facilitator: Facilitator
  readonly metrics: Pick<PaymentMetrics, 'count'>
}

/** Asks for payments, and checks those that come. */
export class PaymentDesk {
  readonly #options: PaymentDeskOptions

  constructor(options: PaymentDeskOptions) {
    this.#options = options
  }

  /**
   * The payment that a request carries, checked but not yet kept; null where nothing is to be paid.
   * @throws ZkserveError `PAYMENT_REQUIRED`, `PAYMENT_MALFORMED`, `PAYMENT_INVALID`, `PAYMENT_REPLAYED`,
   * `PAYMENTS_UNAVAILABLE`, `INVALID_REQUEST` where no proof is asked for
   */
  async take(request: FastifyRequest, order: Order): Promise<TakenPayment | null> {
    const { metrics } = this.#options
    try {
      const taken = await this.#take(request, order)
      if (taken !== null) metrics.count('verified')
      return taken
    } catch (error) {
      // Who brought none was told the price, and is not refused.
      if (request.headers[signatureHeader] !== undefined) metrics.count(toZkserveError(error).code)
      throw error
    }
  }

  async #take(request: FastifyRequest, order: Order): Promise<TakenPayment | null> {
    const { config, prices, ledger, chain, facilitator } = this.#options
    const { tenant, headers } = request
    const price = prices.of(order.bundle, order.jobs)
    if (price === 0n || config.paymentExempt.includes(tenant.id)) return null
    if (!order.proven) {
      throw new ZkserveError('INVALID_REQUEST', 'answers of this model are paid for, and come with a proof', {
        hints: ['Leave out "proof": false.'],
      })
    }
    const requirements = this.#requirements(price)
    const refuse = (
      code: 'PAYMENT_REQUIRED' | 'PAYMENT_INVALID' | 'PAYMENT_REPLAYED',
      message: string,
      reason?: string,
    ) => {
      const resource = resourceOf(request, order.bundle, config.publicUrl)
      const paymentRequired: PaymentRequired = {
        ...{ x402Version, error: message, resource, accepts: [requirements] },
      }
      return new ZkserveError(code, message, { details: { paymentRequired, ...(reason && { reason }) } })
    }
    const header = headers[signatureHeader]
    if (header === undefined) {
      throw refuse(
        'PAYMENT_REQUIRED',
        `this costs ${price} of ${requirements.asset} on ${requirements.network}`,
      )
    }
    const payload = readPayload(String(header))
    const payment = { payload, requirements }
    const invalid = (reason: string) => refuse('PAYMENT_INVALID', `the payment is refused: ${reason}`, reason)
    const replayed = () => refuse('PAYMENT_REPLAYED', 'the payment came with another request already')
    const fault = faultOfPayment(payload, requirements, { now: seconds(), hold })
    if (fault !== null) throw invalid(fault)
    if (await ledger.isKnown(payment)) throw replayed()
    const { spent, block } = await chain.standingOf(payment)
    if (spent) throw invalid('authorization_used')
    const balance = await chain.balanceOf(payment)
    const { isValid, invalidReason = 'unexpected_verify_error' } = await facilitator.verify(
      payload,
      requirements,
    )
    if (!isValid) throw invalid(invalidReason)
    const id = randomBytes(16).toString('hex')
    return {
      id,
      deadline: deadlineOf(payment),
      take: async (tables) => {
        const kept = { id, ...payment, since: block }
        if (!(await ledger.take(tables, kept, { tenant: tenant.id, jobs: order.jobs }))) throw replayed()
        // The same money must not order many proofs at once: all but one would be made for nothing.
        if ((await ledger.promised(tables, kept)) > balance) throw invalid('insufficient_funds')
      },
    }
  }

  /** Tells in a header what became of a job's payment, where that is known. */
  async tell(reply: FastifyReply, tenant: string, job: string): Promise<void> {
    const settlement = await this.#options.ledger.settlementOf(tenant, job)
    if (settlement !== null) reply.header(responseHeader, encodeHeader(settlement))
  }

  #requirements(price: bigint): PaymentRequirements {
    const { config } = this.#options
    return {
      scheme: 'exact',
      network: config.paymentNetwork,
      amount: String(price),
      asset: config.paymentAsset,
      payTo: config.paymentTo,
      maxTimeoutSeconds: config.paymentTimeout,
      extra: { name: config.paymentAssetName, version: config.paymentAssetVersion },
    }
  }
}

/** @param publicUrl under which others know the service; empty where it is not told */
function resourceOf(
  request: FastifyRequest,
  { manifest }: Bundle,
  publicUrl: string,
): PaymentRequired['resource'] {
  const base = publicUrl.replace(/\/+$/, '') || `${request.protocol}://${request.host}`
  return {
    url: `${base}${request.url}`,
    description: `A proven answer of the model ${manifest.name}`,
    mimeType: 'application/json',
  }
}

/** @throws ZkserveError `PAYMENT_MALFORMED` */
function readPayload(header: string): PaymentPayload {
  const payload = decodeHeader(header)
  if (Check(paymentPayloadSchema, payload)) return payload
  throw new ZkserveError('PAYMENT_MALFORMED', 'the PAYMENT-SIGNATURE header cannot be read', {
    details: { reason: 'invalid_payload' },
  })
}

/** ms from now. */
function deadlineOf({ payload }: SignedPayment): number {
  const ends = Number(payload.payload.authorization.validBefore) * 1000 - Date.now() - settlingTime
  // What holds for years is no deadline that the database can add to a time.
  return Math.min(ends, 604_800_000)
}

function seconds(): number {
  return Math.floor(Date.now() / 1000)
}
