import type { Address, Hex } from 'viem'
import { ZkserveClientError } from '#service/client/client-error.js'
import { type AuthorizationData, authorizationData } from '#service/payments/authorization-data.js'
import { sameHex } from '#service/payments/fault-of-payment.js'
import type { PaymentPayload, PaymentRequired, PaymentRequirements } from '#service/payments/x402.js'
import { encodeHeader, x402Version } from '#service/payments/x402-headers.js'

/** Who signs payments: any of viem's local accounts. */
export interface PayingAccount {
  readonly address: Address
  signTypedData(data: AuthorizationData): Promise<Hex>
}

/** What a caller is ready to pay for a request, and in what; the service does not choose. */
export interface PaymentOptions {
  readonly account: PayingAccount
  /** In the token's smallest units. */
  readonly maxAmount: bigint
  /** Address of the token. */
  readonly asset: string
  /** CAIP-2, as `eip155:8453`. */
  readonly network: string
  /** Who may be paid; anyone where it is left out. */
  readonly payTo?: string
}

/** Seconds that a payment is good for at most, whatever the service asks for. */
const longest = 3600
/** Seconds for which it holds already: clocks differ. */
const early = 600

/**
 * Signs what a service asks for, where the caller agrees to it.
 * @returns the PAYMENT-SIGNATURE header
 * @throws ZkserveClientError `PAYMENT_REFUSED` where it asks for more, or for something else
 */
export async function signPayment(
  { accepts, resource }: Pick<PaymentRequired, 'accepts' | 'resource'>,
  options: PaymentOptions,
): Promise<string> {
  const { account } = options
  const accepted = chosen(accepts, options)
  const now = Math.floor(Date.now() / 1000)
  const authorization = {
    from: account.address,
    to: accepted.payTo,
    value: accepted.amount,
    validAfter: String(now - early),
    validBefore: String(now + Math.min(accepted.maxTimeoutSeconds, longest)),
    nonce: randomHex(32),
  }
  const signature = await account.signTypedData(authorizationData(accepted, authorization))
  const payload: PaymentPayload = {
    ...{ x402Version, resource, accepted, payload: { signature, authorization } },
  }
  return encodeHeader(payload)
}

function chosen(
  accepts: readonly PaymentRequirements[],
  { asset, network, payTo, maxAmount }: PaymentOptions,
): PaymentRequirements {
  const found = accepts.find(
    (offer) =>
      offer.scheme === 'exact' &&
      offer.network === network &&
      sameHex(offer.asset, asset) &&
      (payTo === undefined || sameHex(offer.payTo, payTo)),
  )
  if (found === undefined) {
    const whom = payTo === undefined ? '' : `, to ${payTo}`
    throw refused(`the service does not take ${asset} on ${network}${whom}`, accepts)
  }
  if (BigInt(found.amount) > maxAmount) {
    throw refused(`the service asks for ${found.amount}, more than the ${maxAmount} allowed`, accepts)
  }
  return found
}

function refused(message: string, accepts: readonly PaymentRequirements[]): ZkserveClientError {
  return new ZkserveClientError('PAYMENT_REFUSED', message, { details: { accepts } })
}

function randomHex(bytes: number): Hex {
  const drawn = crypto.getRandomValues(new Uint8Array(bytes))
  return `0x${Array.from(drawn, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}
