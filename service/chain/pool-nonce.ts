import { type Address, encodeAbiParameters, hexToBigInt, keccak256 } from 'viem'

/** The nonce for which an answer to a ProverPool's request is proven: it names who is paid. */
export function poolNonce(requestId: bigint, payee: Address): bigint {
  const words = [{ type: 'uint256' }, { type: 'address' }] as const
  return hexToBigInt(keccak256(encodeAbiParameters(words, [requestId, payee])))
}
