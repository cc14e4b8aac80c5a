import { type Address, encodeFunctionData, type Hex, parseAbi, parseSignature, size } from 'viem'
import { authorizationData, lowerAddress } from '#service/payments/authorization-data.js'
import type { SignedPayment } from '#service/payments/payment.js'

const byParts = parseAbi([
  'function transferWithAuthorization(address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce, uint8 v, bytes32 r, bytes32 s)',
])
const byBytes = parseAbi([
  'function transferWithAuthorization(address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce, bytes signature)',
])

/** How contracts say that a signature is theirs. */
export const erc1271Abi = parseAbi([
  'function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)',
])
export const erc1271Magic = '0x1626ba7e'

/**
 * The call that makes a payment. Signatures of keys go as EIP-3009 has them, which all its tokens take; those of
 * contracts as bytes, which newer ones do.
 */
export function encodeTransfer({ payload, requirements }: SignedPayment): {
  readonly to: Address
  readonly data: Hex
} {
  const signature = payload.payload.signature as Hex
  const { message } = authorizationData(requirements, payload.payload.authorization)
  const { from, value, validAfter, validBefore, nonce } = message
  const args = [from, message.to, value, validAfter, validBefore, nonce] as const
  const parts = partsOf(signature)
  const data =
    parts === null
      ? encodeFunctionData({ abi: byBytes, args: [...args, signature] })
      : encodeFunctionData({ abi: byParts, args: [...args, ...parts] })
  return { to: lowerAddress(requirements.asset), data }
}

/** v, r and s; null of what is no signature of a key. */
function partsOf(signature: Hex): readonly [number, Hex, Hex] | null {
  if (size(signature) !== 65) return null
  try {
    const { r, s, yParity } = parseSignature(signature)
    return [27 + yParity, r, s]
  } catch {
    return null
  }
}
