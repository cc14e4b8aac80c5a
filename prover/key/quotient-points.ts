import { ZkserveError } from '#circuits/errors.js'
import { g1Bytes } from '#prover/key/zkey-format.js'

/**
 * Points that spare a prover a third of its transforms, kept beside a `.zkey` in a file of their own.
 *
 * H holds for a·b − c over the odd coset; c's share of it is linear in the witness: Σ_i f(x_i)·H_i = f(τ)(1 − τ^N)/(2δ)
 * for a polynomial f below degree N. So it moves into a point a wire, and H takes a·b alone:
 *
 * - private wires: (β·A + α·B + C·(τ^N + 1)/2) / δ, which stands in for the key's section 8;
 * - the constant and public wires: C·(τ^N − 1) / (2δ).
 *
 * File, integers of 32 bits, least significant byte first: "zkqp", version, SHA-256 of the zkey, publicCount,
 * wireCount, domainSize, zeros up to byte 64; then a point of G1 a wire, as a zkey has them.
 */
export interface QuotientPoints {
  readonly publicCount: number
  readonly wireCount: number
  readonly domainSize: number
  /** 64 bytes a wire, affine, in Montgomery form; infinity is all zero bytes. */
  readonly points: Uint8Array
}

const magic = 'zkqp'
const version = 1
const hashOffset = 8
const hashBytes = 32
const publicCountOffset = hashOffset + hashBytes
const wireCountOffset = publicCountOffset + 4
const domainSizeOffset = wireCountOffset + 4
const reservedOffset = domainSizeOffset + 4
const headerBytes = 64

/**
 * The bytes of the file.
 *
 * @param zkeyHash SHA-256 of the whole zkey, in hex
 */
export function writeQuotientPoints(
  { publicCount, wireCount, domainSize, points }: QuotientPoints,
  zkeyHash: string,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(headerBytes + wireCount * g1Bytes)
  bytes.set(new TextEncoder().encode(magic))
  const view = new DataView(bytes.buffer)
  view.setUint32(4, version, true)
  bytes.set(Buffer.from(zkeyHash, 'hex'), hashOffset)
  view.setUint32(publicCountOffset, publicCount, true)
  view.setUint32(wireCountOffset, wireCount, true)
  view.setUint32(domainSizeOffset, domainSize, true)
  bytes.set(points, headerBytes)
  return bytes
}

/**
 * Reads what {@link writeQuotientPoints} wrote, strictly; the points are a view of the bytes, and not looked at.
 *
 * @param zkeyHash SHA-256 of the zkey that it must belong to, in hex
 * @throws ZkserveError `INVALID_KEY`
 */
export function readQuotientPoints(bytes: Uint8Array, zkeyHash: string): QuotientPoints {
  if (bytes.length < headerBytes || new TextDecoder().decode(bytes.subarray(0, 4)) !== magic) {
    throw invalid('are no such file')
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (view.getUint32(4, true) !== version) throw invalid('have an unknown version')
  const hash = Buffer.from(bytes.subarray(hashOffset, publicCountOffset)).toString('hex')
  if (hash !== zkeyHash) throw invalid('belong to another proving key')
  const publicCount = view.getUint32(publicCountOffset, true)
  const wireCount = view.getUint32(wireCountOffset, true)
  const domainSize = view.getUint32(domainSizeOffset, true)
  const rest = bytes.subarray(reservedOffset, headerBytes)
  if (publicCount >= wireCount || rest.some((byte) => byte !== 0)) throw invalid('have a malformed header')
  if (bytes.length !== headerBytes + wireCount * g1Bytes)
    throw invalid('have another length than their header says')
  return { publicCount, wireCount, domainSize, points: bytes.subarray(headerBytes) }
}

function invalid(what: string): ZkserveError {
  return new ZkserveError('INVALID_KEY', `the quotient points ${what}`)
}
