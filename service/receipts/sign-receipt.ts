import { ZkserveError } from '#circuits/errors.js'
import { type Receipt, receiptTypesJson } from '#service/receipts/receipt.js'
import { type ReceiptSubject, receiptDataOf, receiptJson } from '#service/receipts/receipt-data.js'
import type { ReceiptSigner } from '#service/receipts/signer.js'

/** A receipt of a result, dated now. @throws ZkserveError `SIGNING_FAILED` */
export async function signReceipt(
  signer: ReceiptSigner,
  subject: Omit<ReceiptSubject, 'issuedAt'>,
): Promise<Receipt> {
  const data = receiptDataOf({ ...subject, issuedAt: Math.floor(Date.now() / 1000) })
  const signature = await signer.signTypedData(data).catch((cause: unknown) => {
    throw new ZkserveError('SIGNING_FAILED', 'the receipt could not be signed', { cause })
  })
  const types = receiptTypesJson()
  return { signer: signer.address, ...receiptJson(data), types, primaryType: 'Receipt', signature }
}
