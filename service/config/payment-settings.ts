import { Type } from 'typebox'

/** Settings of payments for proofs, by x402; a part of the one schema. */
export const paymentSettings = {
  paymentTo: Type.String({
    default: '',
    pattern: '^(0x[0-9a-fA-F]{40})?$',
    description:
      'Account that proofs are paid to, by x402; the other payment settings say how. Nothing is charged without it.',
  }),
  paymentNetwork: Type.String({
    default: 'eip155:31337',
    pattern: '^eip155:[1-9][0-9]{0,15}$',
    description: 'Chain of payments, as CAIP-2 names it.',
  }),
  paymentAsset: Type.String({
    default: '',
    pattern: '^(0x[0-9a-fA-F]{40})?$',
    description: 'Token that is paid with; it must have EIP-3009, as USDC does.',
  }),
  paymentAssetName: Type.String({
    default: 'USDC',
    maxLength: 256,
    description: "Name of the token's EIP-712 domain.",
  }),
  paymentAssetVersion: Type.String({
    default: '2',
    maxLength: 64,
    description: "Version of the token's EIP-712 domain.",
  }),
  paymentFacilitator: Type.String({
    default: '',
    pattern: '^(https?://.+)?$',
    description: 'Base address of the facilitator that checks and submits payments.',
  }),
  paymentRpc: Type.String({
    default: '',
    pattern: '^(https?://.+)?$',
    description: 'JSON-RPC address of the chain of payments: what was paid is read there, not believed.',
  }),
  paymentPrice: Type.String({
    default: '0',
    pattern: '^(0|[1-9][0-9]{0,59})$',
    description: "Price of one inference, in the token's smallest units; a row of a batch is one.",
  }),
  paymentPricePerMillion: Type.String({
    default: '0',
    pattern: '^(0|[1-9][0-9]{0,59})$',
    description: "Price of a million constraints that are proven, in the token's smallest units.",
  }),
  paymentPrices: Type.Array(Type.String({ pattern: '^.+=(0|[1-9][0-9]{0,59}):(0|[1-9][0-9]{0,59})$' }), {
    default: [],
    description: 'Prices of models, as MODEL=INFERENCE:MILLION, by name or hash; both 0 for a free one.',
  }),
  paymentTimeout: Type.Integer({
    default: 600,
    minimum: 60,
    maximum: 86_400,
    description:
      'Time for which payments are to hold, in s: proofs that are not made by then expire and are not charged.',
  }),
  paymentConfirmations: Type.Integer({
    default: 1,
    minimum: 1,
    maximum: 10_000,
    description:
      'Blocks that must have been made with a transfer and on it before its proof is shown; one is that of the transfer.',
  }),
  paymentExempt: Type.Array(Type.String(), {
    default: [],
    description: 'Tenants that pay nothing.',
  }),
}
