import { keccak_256 } from '@noble/hashes/sha3'
import { bytesToHex } from '@noble/hashes/utils'
import { fieldBytes } from '#prover/curve/bn254.js'
import { toBigEndian } from '#prover/curve/bytes.js'
import type { AffineG2 } from '#prover/curve/points.js'
import type { VerificationKey } from '#prover/groth16.js'
import { parseVerificationKey } from '#prover/key/parse.js'

/**
 * The verifying key as contracts store it: α ‖ β ‖ γ ‖ δ ‖ IC[0] ‖ IC[1] ‖ …
 *
 * Every coordinate takes 32 bytes, most significant first; G1 points are x, y, G2 points x.c1, x.c0, y.c1, y.c0
 * (EIP-197). Length: 448 + 64 · (publicCount + 1) bytes.
 *
 * @throws ZkserveError `INVALID_KEY` if the key is malformed
 */
export function encodeVerificationKey(key: VerificationKey): Uint8Array<ArrayBuffer> {
  const { alpha, beta, gamma, delta, inputs } = parseVerificationKey(key)
  return encodeCoordinates([...alpha, ...eip197(beta), ...eip197(gamma), ...eip197(delta), ...inputs.flat()])
}

/** A point of G2 as contracts take it: x.c1, x.c0, y.c1, y.c0, 32 bytes each, most significant first (EIP-197). */
export function encodeG2(point: AffineG2): Uint8Array<ArrayBuffer> {
  return encodeCoordinates(eip197(point))
}

/**
 * The hash by which manifests and registries know a verifying key: keccak256 of its encoding.
 *
 * @returns 0x and 64 hexadecimal digits
 * @throws ZkserveError `INVALID_KEY` if the key is malformed
 */
export function verificationKeyHash(key: VerificationKey): `0x${string}` {
  return `0x${bytesToHex(keccak_256(encodeVerificationKey(key)))}`
}

function eip197([x, y]: AffineG2): bigint[] {
  return [x[1], x[0], y[1], y[0]]
}

function encodeCoordinates(coordinates: readonly bigint[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(coordinates.length * fieldBytes)
  for (const [index, value] of coordinates.entries()) bytes.set(toBigEndian(value), index * fieldBytes)
  return bytes
}
