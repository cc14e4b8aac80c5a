import { keccak_256 } from '@noble/hashes/sha3'
import { bytesToHex } from '@noble/hashes/utils'

/** Letters of one case say nothing; of both, they are the checksum of EIP-55, which must be right. */
export function fitsChecksum(address: string): boolean {
  const digits = address.slice(2)
  const lower = digits.toLowerCase()
  if (digits === lower || digits === digits.toUpperCase()) return true
  const hash = bytesToHex(keccak_256(lower))
  const checked = lower.replace(/[a-f]/g, (letter, at: number) =>
    hash.charCodeAt(at) >= '8'.charCodeAt(0) ? letter.toUpperCase() : letter,
  )
  return digits === checked
}
