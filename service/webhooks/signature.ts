import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'

/** A new signing key: 256 random bits. */
export function newSecret(): Uint8Array {
  return randomBytes(32)
}

/** A signing key as its owner gets it. */
export function secretText(secret: Uint8Array): string {
  return `whsec_${Buffer.from(secret).toString('base64')}`
}

/**
 * The headers by which a receiver knows the message (Standard Webhooks 1.0.0): its id, the time of the attempt, and a
 * signature by each key.
 */
export function signedHeaders(
  id: string,
  body: string,
  secrets: readonly Uint8Array[],
  at: Date,
): Record<string, string> {
  const signatures = secrets.map((secret) => new Webhook(secret, { format: 'raw' }).sign(id, at, body))
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': signatures.join(' '),
  }
}
