import type { PaymentPayload, PaymentRequired, SettleResponse } from '#service/payments/x402.js'

/** Version of the protocol that is spoken here. */
export const x402Version = 2

/** 402 replies: base64 of a {@link PaymentRequired}. */
export const requiredHeader = 'payment-required'
/** Requests: base64 of a {@link PaymentPayload}. */
export const signatureHeader = 'payment-signature'
/** Replies to what was paid, or could not be: base64 of a {@link SettleResponse}. */
export const responseHeader = 'payment-response'

/** JSON as x402's headers carry it. */
export function encodeHeader(value: PaymentRequired | PaymentPayload | SettleResponse): string {
  const bytes = new TextEncoder().encode(JSON.stringify(value))
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}

/** What a header carries, unchecked; null where it is no base64 of JSON. */
export function decodeHeader(header: string): unknown {
  try {
    const bytes = Uint8Array.from(atob(header), (character) => character.charCodeAt(0))
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return null
  }
}
