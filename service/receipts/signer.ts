import type { Address, Hex } from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { ZkserveError } from '#circuits/errors.js'
import type { ReceiptData } from '#service/receipts/receipt-data.js'

/** Who signs receipts: a key in this process, or the client of a key service. */
export interface ReceiptSigner {
  readonly address: Address
  /** The EIP-712 signature, 65 bytes. */
  signTypedData(data: ReceiptData): Promise<Hex>
}

/** A signer with its key in this process. @throws ZkserveError `INVALID_SIGNER`, which tells nothing of the key */
export function localSigner(privateKey: string): PrivateKeyAccount {
  const digits = /^(?:0x)?([0-9a-fA-F]{64})$/.exec(privateKey)?.[1]
  try {
    // No cause: messages of libraries may quote what they were given.
    if (digits !== undefined) return privateKeyToAccount(`0x${digits}`)
  } catch {}
  throw new ZkserveError('INVALID_SIGNER', 'the signing key is no secp256k1 private key of 32 bytes in hex')
}
