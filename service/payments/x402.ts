/**
 * x402 version 2, scheme `exact` on EVM chains by EIP-3009: what travels between client, resource server and
 * facilitator, after specs/x402-specification-v2.md and specs/transports-v2/http.md of x402-foundation/x402.
 */
import { type Static, Type } from 'typebox'
import { x402Version } from '#service/payments/x402-headers.js'

const address = Type.String({ pattern: '^0x[0-9a-fA-F]{40}$' })
/** A uint256, decimal. */
const amount = Type.String({ pattern: '^(0|[1-9][0-9]{0,77})$' })
const text = Type.String({ maxLength: 2048 })

export const paymentRequirementsSchema = Type.Object({
  scheme: Type.Literal('exact'),
  network: Type.String({ pattern: '^eip155:[1-9][0-9]{0,19}$', description: 'CAIP-2.' }),
  amount: Type.String({ ...amount, description: 'In the smallest units of the token.' }),
  asset: Type.String({ ...address, description: 'The token, with EIP-3009.' }),
  payTo: address,
  maxTimeoutSeconds: Type.Integer({ minimum: 1, description: 'For which a payment is to hold.' }),
  extra: Type.Object(
    { name: Type.String({ maxLength: 256 }), version: Type.String({ maxLength: 64 }) },
    { description: "Name and version of the token's EIP-712 domain." },
  ),
})

export type PaymentRequirements = Static<typeof paymentRequirementsSchema>

export const resourceSchema = Type.Object({
  url: text,
  description: Type.Optional(text),
  mimeType: Type.Optional(text),
})

/** What a 402 reply tells of how to pay. */
export interface PaymentRequired {
  readonly x402Version: typeof x402Version
  readonly error: string
  readonly resource: Static<typeof resourceSchema>
  readonly accepts: readonly PaymentRequirements[]
}

const authorizationSchema = Type.Object({
  from: address,
  to: address,
  value: amount,
  validAfter: amount,
  validBefore: amount,
  nonce: Type.String({ pattern: '^0x[0-9a-fA-F]{64}$' }),
})

/** The message of EIP-3009 that the payer signs; times in seconds since 1970. */
export type Authorization = Static<typeof authorizationSchema>

export const paymentPayloadSchema = Type.Object({
  x402Version: Type.Literal(x402Version),
  resource: Type.Optional(resourceSchema),
  accepted: paymentRequirementsSchema,
  payload: Type.Object({
    signature: Type.String({ pattern: '^0x([0-9a-fA-F]{2}){1,2048}$' }),
    authorization: authorizationSchema,
  }),
  extensions: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})

export type PaymentPayload = Static<typeof paymentPayloadSchema>

/** Body of a facilitator's POST /verify and POST /settle. */
export const facilitatorRequestSchema = Type.Object({
  x402Version: Type.Optional(Type.Literal(x402Version)),
  paymentPayload: paymentPayloadSchema,
  paymentRequirements: paymentRequirementsSchema,
})

export const verifyResponseSchema = Type.Object({
  isValid: Type.Boolean(),
  invalidReason: Type.Optional(Type.String()),
  payer: Type.Optional(Type.String()),
})

export type VerifyResponse = Static<typeof verifyResponseSchema>

export const settleResponseSchema = Type.Object({
  success: Type.Boolean(),
  errorReason: Type.Optional(Type.String()),
  payer: Type.Optional(Type.String()),
  transaction: Type.String({ description: 'Empty where there is none.' }),
  network: Type.String(),
})

export type SettleResponse = Static<typeof settleResponseSchema>

export const supportedSchema = Type.Object({
  kinds: Type.Array(
    Type.Object({ x402Version: Type.Integer(), scheme: Type.String(), network: Type.String() }),
  ),
  extensions: Type.Array(Type.String()),
  signers: Type.Record(Type.String(), Type.Array(Type.String())),
})

export type Supported = Static<typeof supportedSchema>
