import type { Address, Hex, TypedDataDomain } from 'viem'
import type { Authorization, PaymentRequirements } from '#service/payments/x402.js'

const types = {
  TransferWithAuthorization: [
    { name: 'from', type: 'address' },
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'validAfter', type: 'uint256' },
    { name: 'validBefore', type: 'uint256' },
    { name: 'nonce', type: 'bytes32' },
  ],
} as const

/** What the payer of EIP-3009 signs, as viem takes typed data. */
export interface AuthorizationData {
  readonly domain: TypedDataDomain
  readonly types: typeof types
  readonly primaryType: 'TransferWithAuthorization'
  readonly message: {
    readonly from: Address
    readonly to: Address
    readonly value: bigint
    readonly validAfter: bigint
    readonly validBefore: bigint
    readonly nonce: Hex
  }
}

export function authorizationData(
  { network, asset, extra }: Pick<PaymentRequirements, 'network' | 'asset' | 'extra'>,
  { from, to, value, validAfter, validBefore, nonce }: Authorization,
): AuthorizationData {
  return {
    domain: {
      name: extra.name,
      version: extra.version,
      chainId: chainIdOf(network),
      verifyingContract: lowerAddress(asset),
    },
    types,
    primaryType: 'TransferWithAuthorization',
    message: {
      from: lowerAddress(from),
      to: lowerAddress(to),
      value: BigInt(value),
      validAfter: BigInt(validAfter),
      validBefore: BigInt(validBefore),
      nonce: nonce as Hex,
    },
  }
}

/** `eip155:31337` → 31337 */
export function chainIdOf(network: string): number {
  return Number(network.replace(/^eip155:/, ''))
}

/** viem refuses addresses in mixed case whose case is no checksum; in lower case it takes all. */
export function lowerAddress(address: string): Address {
  return address.toLowerCase() as Address
}
