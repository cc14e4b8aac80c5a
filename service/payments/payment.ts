import type { PaymentPayload, PaymentRequirements, SettleResponse } from '#service/payments/x402.js'

/** `released`: its jobs did not succeed, and nothing was charged. */
export type PaymentState = 'accepted' | 'settled' | 'failed' | 'released'

/** What was signed, and what it was signed for. */
export interface SignedPayment {
  readonly payload: PaymentPayload
  readonly requirements: PaymentRequirements
}

/** A payment that was kept. */
export interface Payment extends SignedPayment {
  /** 128 random bits in hex. */
  readonly id: string
  /** A block before which the authorisation was not used. */
  readonly since: bigint
  /** Whether it may have been submitted already. */
  readonly sent: boolean
  /** Times that it was looked at. */
  readonly attempts: number
}

/** How a payment ended that was to be settled. */
export type PaymentEnd =
  | { readonly state: 'settled'; readonly transaction: string }
  | { readonly state: 'failed'; readonly reason: string }

/** What a facilitator says of a payment that ended so. */
export function settlementOf({ requirements, payload }: SignedPayment, end: PaymentEnd): SettleResponse {
  const { network } = requirements
  const payer = payload.payload.authorization.from
  return end.state === 'settled'
    ? { success: true, transaction: end.transaction, network, payer }
    : { success: false, errorReason: end.reason, transaction: '', network, payer }
}
