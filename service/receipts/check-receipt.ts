import { Check, Equal } from 'typebox/value'
import { type Hex, recoverTypedDataAddress } from 'viem'
import { receiptSchema, receiptTypesJson } from '#service/receipts/receipt.js'
import { type ReceiptSubject, receiptDataOf, receiptJson } from '#service/receipts/receipt-data.js'

/** Who signed a receipt and when, or why it is none of the result. */
export type CheckedReceipt =
  | { readonly signer: Hex /** Seconds since 1970. */; readonly issuedAt: number }
  | { readonly reason: string }

/** Whether a receipt was signed by the signer that it names, and speaks of this result. */
export async function checkReceipt(
  receipt: unknown,
  subject: Omit<ReceiptSubject, 'issuedAt'>,
): Promise<CheckedReceipt> {
  if (!Check(receiptSchema, receipt)) return { reason: 'the receipt is malformed' }
  const { signer, domain, types, message, signature } = receipt
  const { issuedAt } = message
  const data = receiptDataOf({ ...subject, issuedAt })
  if (!Equal({ domain, types, message }, { types: receiptTypesJson(), ...receiptJson(data) })) {
    return { reason: 'the receipt is one of another result' }
  }
  const recovered = await recoverTypedDataAddress({ ...data, signature }).catch(() => null)
  if (recovered?.toLowerCase() !== signer.toLowerCase()) {
    return { reason: 'the receipt was not signed by the signer that it names' }
  }
  return { signer: recovered, issuedAt }
}
