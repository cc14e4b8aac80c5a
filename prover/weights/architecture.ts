import { keccak_256 } from '@noble/hashes/sha3'
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils'
import { ZkserveError } from '#circuits/errors.js'
import { sha256 } from '#prover/bundle/files.js'
import { toBigEndian } from '#prover/curve/bytes.js'
import type { AffineG2 } from '#prover/curve/points.js'
import type { G1Point, G2Point, VerificationKey } from '#prover/groth16.js'
import { encodeG2, encodeVerificationKey } from '#prover/key/encode.js'
import { g2PointOf, parseSpanKey } from '#prover/key/span-check.js'

/** What verifiers know of an architecture's set-up; the file architecture_key.json. */
export interface ArchitectureKey {
  /** For the real public signals alone; IC_0 holds no weights yet. */
  readonly verificationKey: VerificationKey
  readonly spanKey: G2Point
}

/** The text of architecture_key.json. */
export function architectureKeyText(verificationKey: VerificationKey, spanKey: AffineG2): string {
  const key: ArchitectureKey = { verificationKey, spanKey: g2PointOf(spanKey) }
  return `${JSON.stringify(key, null, 1)}\n`
}

/** @throws ZkserveError `INVALID_KEY` if it is no architecture's key, or its κ·G2 is malformed or unsafe */
export function parseArchitectureKey(bytes: Uint8Array): ArchitectureKey & { readonly span: AffineG2 } {
  let parsed: Partial<ArchitectureKey> | null
  try {
    parsed = JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw new ZkserveError('INVALID_KEY', 'the key of the architecture is not JSON', { cause })
  }
  const verificationKey = parsed?.verificationKey as VerificationKey
  const span = parseSpanKey(parsed?.spanKey, verificationKey)
  return { verificationKey, spanKey: g2PointOf(span), span }
}

/** The id of an architecture in the registry: keccak256 of its key's encoding and κ·G2. */
export function architectureIdOf(key: VerificationKey, spanKey: AffineG2): `0x${string}` {
  return `0x${bytesToHex(keccak_256(concatBytes(encodeVerificationKey(key), encodeG2(spanKey))))}`
}

const domain = 'zkserve/committed-model/1'

/**
 * The hash of a model with committed weights: SHA-256 of a tag, the hashes of architecture and circuit, and M (x, y;
 * 32 bytes each, most significant first). M is uniform, whatever the weights: the hash says nothing about them, and
 * two versions with the same weights have different ones.
 */
export function committedModelHash(
  architectureHash: `0x${string}`,
  circuitHash: `0x${string}`,
  [x, y]: G1Point,
): `0x${string}` {
  const parts = [architectureHash, circuitHash].map((hash) => hexToBytes(hash.slice(2)))
  const point = [x, y].map((coordinate) => toBigEndian(BigInt(coordinate)))
  return `0x${sha256(concatBytes(new TextEncoder().encode(domain), ...parts, ...point))}`
}
