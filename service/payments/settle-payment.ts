import { ZkserveError } from '#circuits/errors.js'
import type { Facilitator } from '#service/payments/facilitator-client.js'
import type { Payment, PaymentEnd } from '#service/payments/payment.js'
import type { Fate, PaymentChain } from '#service/payments/payment-chain.js'
import type { PaymentLedger } from '#service/payments/payment-ledger.js'
import type { SettleResponse } from '#service/payments/x402.js'

export interface Settling {
  readonly chain: Pick<PaymentChain, 'fateOf'>
  readonly facilitator: Pick<Facilitator, 'settle'>
  readonly ledger: Pick<PaymentLedger, 'noteSent'>
}

/**
 * Settles a payment, or finds that it is settled, or cannot be any more; null where that is open: the caller asks
 * again later. The chain decides. An authorisation moves money once, so submitting it again after an answer was lost
 * charges nobody twice; and it is called failed only where nothing can still move: its time is over, it was spent
 * otherwise, or the facilitator refused it without ever having had it before.
 * @throws ZkserveError `PAYMENTS_UNAVAILABLE`, `DATABASE_UNAVAILABLE`
 */
export async function settlePayment(payment: Payment, settling: Settling): Promise<PaymentEnd | null> {
  const { chain, facilitator, ledger } = settling
  const before = await chain.fateOf(payment)
  if (before.kind !== 'open') return endBy(before)
  // Noted first: should this process die now, the next one knows that it may have been submitted.
  await ledger.noteSent(payment.id, true)
  const answer = await facilitator.settle(payment.payload, payment.requirements).catch((error: unknown) => {
    if (error instanceof ZkserveError && error.code === 'PAYMENTS_UNAVAILABLE') return null
    throw error
  })
  if (answer === null) return null
  const after = await chain.fateOf(payment)
  if (after.kind !== 'open') return endBy(after)
  if (payment.sent || !isRefusal(answer)) return null
  await ledger.noteSent(payment.id, false)
  return { state: 'failed', reason: answer.errorReason! }
}

function endBy(fate: Exclude<Fate, { readonly kind: 'open' }>): PaymentEnd | null {
  switch (fate.kind) {
    case 'paid':
      return { state: 'settled', transaction: fate.transaction }
    case 'void':
      return { state: 'failed', reason: 'authorization_used' }
    case 'expired':
      return { state: 'failed', reason: 'invalid_exact_evm_payload_authorization_valid_before' }
    case 'unknown':
      return null
  }
}

/** Whether the facilitator says of the payment itself that it cannot be settled, and submitted nothing. */
function isRefusal({ success, transaction, errorReason }: SettleResponse): boolean {
  return !success && transaction === '' && errorReason !== undefined && !errorReason.startsWith('unexpected_')
}
