import { Type } from 'typebox'
import type { Route } from '#service/http/route.js'
import { problemReplies } from '#service/http/schemas/problem.js'
import { receiptDomain, receiptTypesJson, receiptTypesSchema } from '#service/receipts/receipt.js'

const replySchema = Type.Object(
  {
    signer: Type.Union([Type.String(), Type.Null()], {
      description: 'Address; null where nothing is signed.',
    }),
    domain: Type.Object({ name: Type.String(), version: Type.String() }),
    types: receiptTypesSchema,
    primaryType: Type.String(),
  },
  { examples: [{ ...form(), signer: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8' }] },
)

const schema = {
  operationId: 'getReceiptSigner',
  summary: 'Who signs receipts, and what is signed',
  description: "The domain's chainId and verifyingContract are those of the proof.",
  tags: ['receipts'],
  response: { 200: replySchema, ...problemReplies },
}

/** GET /receipts/signer */
export const receiptSignerRoute: Route = async (app, { signer, config }) => {
  const address = signer?.address ?? (config.signerAddress || null)
  app.get('/receipts/signer', { schema }, async () => ({ signer: address, ...form() }))
}

function form() {
  return { domain: { ...receiptDomain }, types: receiptTypesJson(), primaryType: 'Receipt' }
}
