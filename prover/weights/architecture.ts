import { keccak_256 } from '@noble/hashes/sha3'
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils'
import { ZkserveError } from '#circuits/errors.js'
import type { QInput, QOutput } from '#circuits/qmodel/qmodel.js'
import { sha256 } from '#prover/bundle/files.js'
import { toBigEndian } from '#prover/curve/bytes.js'
import type { AffineG2 } from '#prover/curve/points.js'
import type { G1Point, G2Point, VerificationKey } from '#prover/groth16.js'
import { encodeG2, encodeVerificationKey } from '#prover/key/encode.js'
import { refuseUnsafeKey } from '#prover/key/lint.js'
import { parseVerificationKey } from '#prover/key/parse.js'
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
export function parseArchitectureKey(bytes: Uint8Array): ArchitectureKey {
  let parsed: ArchitectureKey | null
  try {
    parsed = JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw new ZkserveError('INVALID_KEY', 'the key of the architecture is not JSON', { cause })
  }
  const { verificationKey, spanKey } = parsed ?? {}
  const key = parseVerificationKey(verificationKey)
  refuseUnsafeKey(key)
  return { verificationKey: verificationKey!, spanKey: g2PointOf(parseSpanKey(spanKey, key)) }
}

/** κ·G2 with its coordinates as numbers. @throws ZkserveError `INVALID_KEY` */
export function spanPoint({ verificationKey, spanKey }: ArchitectureKey): AffineG2 {
  return parseSpanKey(spanKey, parseVerificationKey(verificationKey))
}

/** The id of an architecture in the registry: keccak256 of its key's encoding and κ·G2. */
export function architectureIdOf(key: VerificationKey, spanKey: AffineG2): `0x${string}` {
  return `0x${bytesToHex(keccak_256(concatBytes(encodeVerificationKey(key), encodeG2(spanKey))))}`
}

const domain = 'zkserve/committed-model/1'

/** What the hash of a model with committed weights is of. */
export interface CommittedModel {
  readonly architectureHash: `0x${string}`
  readonly circuitHash: `0x${string}`
  /** M */
  readonly commitment: G1Point
  /** What the integers of inputs and outputs stand for. */
  readonly inputs: readonly QInput[]
  readonly outputs: readonly QOutput[]
}

/**
 * The hash of a model with committed weights: SHA-256 of a tag, the hashes of architecture, circuit, and inputs and
 * outputs as JSON, and M (x, y; 32 bytes each, most significant first). M is uniform, whatever the weights: the hash
 * says nothing about them, and two versions with the same weights have different ones.
 */
export function committedModelHash(model: CommittedModel): `0x${string}` {
  const { architectureHash, circuitHash, commitment, inputs, outputs } = model
  const ports = sha256(new TextEncoder().encode(JSON.stringify({ inputs, outputs })))
  const hashes = [architectureHash.slice(2), circuitHash.slice(2), ports].map(hexToBytes)
  const [x, y] = commitment
  const point = [x, y].map((coordinate) => toBigEndian(BigInt(coordinate)))
  return `0x${sha256(concatBytes(new TextEncoder().encode(domain), ...hashes, ...point))}`
}
