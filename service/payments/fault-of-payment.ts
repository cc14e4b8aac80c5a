import type { PaymentPayload, PaymentRequirements } from '#service/payments/x402.js'

/** Error codes of x402 (specification, section 9) that say what is wrong with a payment, and those of our own. */
export type PaymentFault =
  | 'insufficient_funds'
  | 'invalid_exact_evm_payload_authorization_valid_after'
  | 'invalid_exact_evm_payload_authorization_valid_before'
  | 'invalid_exact_evm_payload_authorization_value'
  | 'invalid_exact_evm_payload_signature'
  | 'invalid_exact_evm_payload_recipient_mismatch'
  | 'invalid_network'
  | 'invalid_payment_requirements'
  | 'invalid_transaction_state'
  | 'invalid_asset'
  | 'authorization_used'

/** When a payment is judged, in seconds since 1970. */
export interface JudgedAt {
  readonly now: number
  /** Seconds for which it must hold yet. */
  readonly hold: number
}

/**
 * Why a payment is none of what is asked for, as far as it tells by itself; null where it is. Amounts must be equal:
 * nobody pays more by mistake.
 */
export function faultOfPayment(
  { accepted, payload: { authorization } }: PaymentPayload,
  required: PaymentRequirements,
  { now, hold }: JudgedAt,
): PaymentFault | null {
  if (accepted.network !== required.network) return 'invalid_network'
  if (!sameHex(accepted.asset, required.asset)) return 'invalid_asset'
  const { extra, payTo, amount } = required
  if (!sameHex(accepted.payTo, payTo) || !sameHex(authorization.to, payTo)) {
    return 'invalid_exact_evm_payload_recipient_mismatch'
  }
  if (accepted.amount !== amount || authorization.value !== amount) {
    return 'invalid_exact_evm_payload_authorization_value'
  }
  if (accepted.extra.name !== extra.name || accepted.extra.version !== extra.version) {
    return 'invalid_payment_requirements'
  }
  if (BigInt(authorization.validAfter) >= now) return 'invalid_exact_evm_payload_authorization_valid_after'
  if (BigInt(authorization.validBefore) < now + hold) {
    return 'invalid_exact_evm_payload_authorization_valid_before'
  }
  return null
}

/** Whether two hex texts are the same but for the case of their digits. */
export function sameHex(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase()
}
