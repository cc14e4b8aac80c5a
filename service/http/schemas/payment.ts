import { Type } from 'typebox'
import { problemSchema } from '#service/http/schemas/problem.js'
import { paymentRequirementsSchema, resourceSchema } from '#service/payments/x402.js'

/** A problem that is a PaymentRequired of x402 too. */
const paymentProblemSchema = Type.Object(
  {
    ...problemSchema.properties,
    x402Version: Type.Integer(),
    resource: resourceSchema,
    accepts: Type.Array(paymentRequirementsSchema, { description: 'How to pay; choose one.' }),
  },
  {
    examples: [
      {
        type: '/errors/PAYMENT_REQUIRED',
        title: 'The proof is to be paid for, and the request carries no payment.',
        status: 402,
        detail: 'this costs 10000 of 0x5FbDB2315678afecb367f032d93F642f64180aa3 on eip155:31337',
        instance: 'urn:uuid:3f2c0c1e-6c53-4f5e-8a53-0f2c4b8a9d10',
        error: 'this costs 10000 of 0x5FbDB2315678afecb367f032d93F642f64180aa3 on eip155:31337',
        code: 'PAYMENT_REQUIRED',
        hints: ['Sign what `accepts` names and send the request again with PAYMENT-SIGNATURE.'],
        details: {},
        requestId: '3f2c0c1e-6c53-4f5e-8a53-0f2c4b8a9d10',
        x402Version: 2,
        resource: { url: 'https://proofs.example/infer', mimeType: 'application/json' },
        accepts: [
          {
            scheme: 'exact',
            network: 'eip155:31337',
            amount: '10000',
            asset: '0x5FbDB2315678afecb367f032d93F642f64180aa3',
            payTo: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
            maxTimeoutSeconds: 600,
            extra: { name: 'USDC', version: '2' },
          },
        ],
      },
    ],
  },
)

/** What routes reply that are paid for, beside what all do. */
export const paidReplies = {
  402: {
    description: `Payment is needed, or was refused: x402 version 2. PAYMENT-REQUIRED carries the same as base64. A
payment that failed after its proof was made is told in PAYMENT-RESPONSE.`,
    headers: {
      'payment-required': { type: 'string', description: 'Base64 of a PaymentRequired.' },
    },
    content: { 'application/problem+json': { schema: paymentProblemSchema } },
  },
}
