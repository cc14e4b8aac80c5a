import { keccak_256 } from '@noble/hashes/sha3'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils'
import { ZkserveError } from '#circuits/errors.js'
import { scalarModulus } from '#prover/curve/bn254.js'

/** For whom and for what a proof is made. */
export interface ProofBinding {
  /** EIP-155 id of the chain. */
  readonly chainId: bigint | number
  /** Address of the InferenceVerifier, 0x and 40 hex digits. */
  readonly verifier: string
  /** Address that may consume the proof; the zero address makes a bearer proof. */
  readonly requester: string
  /** The requester's number for the answer, below 2^256. */
  readonly nonce: bigint | number
}

/**
 * The last public signal of a proof: keccak256(abi.encode(chainId, verifier, requester, nonce)) mod r, equal to
 * `InferenceVerifier.contextOf` on chain.
 *
 * @throws INVALID_INPUT if an address or number is malformed.
 */
export function contextOf({ chainId, verifier, requester, nonce }: ProofBinding): bigint {
  const words = [
    numberWord('chainId', chainId),
    addressWord('verifier', verifier),
    addressWord('requester', requester),
    numberWord('nonce', nonce),
  ]
  return BigInt(`0x${bytesToHex(keccak_256(hexToBytes(words.join(''))))}`) % scalarModulus
}

function addressWord(name: string, address: string): string {
  if (!/^0x[0-9a-fA-F]{40}$/.test(address)) {
    throw new ZkserveError('INVALID_INPUT', `wrong ${name}: expected 0x and 40 hex digits, got "${address}"`)
  }
  return address.slice(2).toLowerCase().padStart(64, '0')
}

function numberWord(name: string, value: bigint | number): string {
  const valid =
    typeof value === 'bigint'
      ? value >= 0n && value >> 256n === 0n
      : Number.isSafeInteger(value) && value >= 0
  if (!valid) throw new ZkserveError('INVALID_INPUT', `wrong ${name}: expected 0..2^256-1, got ${value}`)
  return value.toString(16).padStart(64, '0')
}
