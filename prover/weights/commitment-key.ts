import { ZkserveError } from '#circuits/errors.js'
import { baseModulus, fieldBytes, g2Generator } from '#prover/curve/bn254.js'
import { fromLittleEndian } from '#prover/curve/bytes.js'
import { CurveEngine } from '#prover/curve/engine.js'
import { type AffineG2, affineG2At, isInG2Subgroup, isOnTwist } from '#prover/curve/points.js'
import { g1Bytes, g2Bytes } from '#prover/key/zkey-format.js'

/**
 * What it takes to commit to weights: the key points of the committed public signals, the same times κ, and κ·G2.
 *
 * κ is drawn and discarded by the set-up. Only multiples of these very points by κ are known, so whoever shows κ·M
 * beside M shows that M is a sum of these points. The weights' points come first, the blinding's is the last.
 * All points are affine, in Montgomery form, least significant byte first.
 */
export interface CommitmentKey {
  /** κ·G2: 128 bytes. */
  readonly spanKey: Uint8Array
  /** IC of each committed signal: 64 bytes each. */
  readonly points: Uint8Array
  /** κ·IC of each committed signal: 64 bytes each. */
  readonly shifted: Uint8Array
}

const magic = 'zkck'
const version = 1
/** Magic, version, count; each of 4 bytes. */
const headerBytes = 12

/** Committed signals of a key: the weights and the blinding. */
export function committedCount({ points }: CommitmentKey): number {
  return points.length / g1Bytes
}

/**
 * The bytes of `commitment_key.bin`: "zkck", version and count (32 bits, least significant byte first), κ·G2,
 * the points, the points times κ.
 */
export function writeCommitmentKey(key: CommitmentKey): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(headerBytes + g2Bytes + 2 * key.points.length)
  bytes.set(new TextEncoder().encode(magic))
  const view = new DataView(bytes.buffer)
  view.setUint32(4, version, true)
  view.setUint32(8, committedCount(key), true)
  bytes.set(key.spanKey, headerBytes)
  bytes.set(key.points, headerBytes + g2Bytes)
  bytes.set(key.shifted, headerBytes + g2Bytes + key.points.length)
  return bytes
}

/**
 * Reads what {@link writeCommitmentKey} wrote, strictly: every point finite, on its curve and in its group, every
 * coordinate below q, no two points equal up to sign, κ not ±1.
 *
 * @throws ZkserveError `INVALID_KEY`
 */
export function readCommitmentKey(bytes: Uint8Array): CommitmentKey {
  if (bytes.length < headerBytes || new TextDecoder().decode(bytes.subarray(0, 4)) !== magic) {
    throw invalid('is no commitment key')
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (view.getUint32(4, true) !== version) throw invalid('has an unknown version')
  const count = view.getUint32(8, true)
  if (count < 2 || bytes.length !== headerBytes + g2Bytes + 2 * count * g1Bytes) {
    throw invalid('has another length than its header says')
  }
  const start = headerBytes + g2Bytes
  const key = {
    spanKey: bytes.slice(headerBytes, start),
    points: bytes.slice(start, start + count * g1Bytes),
    shifted: bytes.slice(start + count * g1Bytes),
  }
  checkPoints(key)
  return key
}

/** κ·G2 with its coordinates as numbers. */
export function spanKeyPoint({ spanKey }: CommitmentKey): AffineG2 {
  return affineG2At(new CurveEngine(), spanKey)
}

function checkPoints(key: CommitmentKey): void {
  for (const part of [key.spanKey, key.points, key.shifted]) {
    for (let at = 0; at < part.length; at += fieldBytes) {
      if (fromLittleEndian(part, at) >= baseModulus) throw invalid('has a coordinate that is not below q')
    }
  }
  const engine = new CurveEngine()
  const spanKey = affineG2At(engine, key.spanKey)
  if (!isOnTwist(spanKey) || !isInG2Subgroup(engine, spanKey)) throw invalid('has no κ·G2')
  if (spanKey[0].every((part, i) => part === g2Generator[0][i])) throw invalid('was made with κ = ±1')
  const seen = new Set<bigint>()
  for (const part of [key.points, key.shifted]) {
    const address = engine.place(part)
    for (let at = 0; at < part.length; at += g1Bytes) {
      if (part.subarray(at, at + g1Bytes).every((byte) => byte === 0))
        throw invalid('has a point at infinity')
      if (engine.operations.g1m_inCurveAffine(address + at) !== 1) throw invalid('has a point off the curve')
      seen.add(fromLittleEndian(part, at))
    }
  }
  if (seen.size !== (key.points.length + key.shifted.length) / g1Bytes)
    throw invalid('has two related points')
}

function invalid(what: string): ZkserveError {
  return new ZkserveError('INVALID_KEY', `the commitment key ${what}`)
}
