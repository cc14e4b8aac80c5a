import { fieldBytes, scalarModulus } from '#prover/curve/bn254.js'
import { fromLittleEndian, toLittleEndian } from '#prover/curve/bytes.js'
import {
  type ContainerKind,
  layoutSections,
  malformed,
  readSections,
  requiredSection,
} from '#prover/r1cs/container.js'

const kind: ContainerKind = { magic: 'wtns', maximumVersion: 2, errorCode: 'INVALID_CIRCUIT' }
const headerBytes = 4 + fieldBytes + 4

/**
 * The wire values of a `.wtns` file as a view of its bytes: 32 bytes a wire, least significant first, each below r.
 *
 * @throws ZkserveError `INVALID_CIRCUIT` if the file is malformed or over another field
 */
export function readWitness(bytes: Uint8Array): Uint8Array {
  const sections = readSections(bytes, kind)
  const header = requiredSection(sections, 1, kind)
  if (header.length !== headerBytes) throw malformed(kind, `has a header of ${header.length} bytes`)
  const view = new DataView(header.buffer, header.byteOffset, header.length)
  if (view.getUint32(0, true) !== fieldBytes || fromLittleEndian(header, 4) !== scalarModulus) {
    throw malformed(kind, 'is not over the scalar field of BN254 (bn128)')
  }
  const values = requiredSection(sections, 2, kind)
  if (values.length !== view.getUint32(4 + fieldBytes, true) * fieldBytes) {
    throw malformed(kind, 'has another number of values than its header says')
  }
  for (let offset = 0; offset < values.length; offset += fieldBytes) {
    // Only the top byte of r and larger ones can start a value that is too large.
    if (values[offset + fieldBytes - 1]! >= 0x30 && fromLittleEndian(values, offset) >= scalarModulus) {
      throw malformed(kind, `has a value ≥ r for wire ${offset / fieldBytes}`)
    }
  }
  return values
}

/**
 * A `.wtns` file (version 2) of wire values.
 *
 * @param values one bigint below r a wire, or 32 bytes a wire, least significant first
 */
export function writeWitness(values: readonly bigint[] | Uint8Array): Uint8Array<ArrayBuffer> {
  const content = values instanceof Uint8Array ? values : packWitness(values)
  const { bytes, content: target } = layoutWitness(content.length / fieldBytes)
  target.set(content)
  return bytes
}

/** A `.wtns` file with room for values, all 0, and the view of them; aligned to 4 bytes. */
export function layoutWitness(wireCount: number): {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly content: Uint8Array<ArrayBuffer>
} {
  const { bytes, sections } = layoutSections('wtns', 2, [
    [1, headerBytes],
    [2, wireCount * fieldBytes],
  ])
  const header = sections.get(1)!
  const view = new DataView(header.buffer, header.byteOffset, header.length)
  view.setUint32(0, fieldBytes, true)
  header.set(toLittleEndian(scalarModulus), 4)
  view.setUint32(4 + fieldBytes, wireCount, true)
  return { bytes, content: sections.get(2)! }
}

/** Wire values as 32 bytes each, least significant first. */
export function packWitness(values: readonly bigint[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * fieldBytes)
  for (const [wire, value] of values.entries()) bytes.set(toLittleEndian(value), wire * fieldBytes)
  return bytes
}
