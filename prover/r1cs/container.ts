import type { ErrorCode } from '#circuits/error-table.js'
import { ZkserveError } from '#circuits/errors.js'

/** Which of iden3's binary files is read, or a witness plan in their form, and the code of the error if it is none. */
export interface ContainerKind {
  readonly magic: 'r1cs' | 'wtns' | 'zkey' | 'plan'
  readonly maximumVersion: number
  readonly errorCode: ErrorCode
}

/** Bytes before the first section, and before each section's content. */
const containerHeaderBytes = 12
const sectionHeaderBytes = 12

const maximumSections = 64

/**
 * The sections of an iden3 binary file, by type, as views of the bytes.
 *
 * Format: magic, version (u32), count (u32), then per section type (u32), length (u64), content; all integers
 * least significant byte first. Every section must be complete, and of a type of its own.
 *
 * @throws ZkserveError the kind's code
 */
export function readSections(bytes: Uint8Array, kind: ContainerKind): Map<number, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < containerHeaderBytes) throw malformed(kind, 'is shorter than its header')
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== kind.magic) throw malformed(kind, 'has another magic')
  const version = view.getUint32(4, true)
  if (version < 1 || version > kind.maximumVersion) throw malformed(kind, `has unknown version ${version}`)
  const count = view.getUint32(8, true)
  if (count > maximumSections) throw malformed(kind, `claims ${count} sections`)
  const sections = new Map<number, Uint8Array>()
  let at = containerHeaderBytes
  for (let index = 0; index < count; index++) {
    if (bytes.length - at < sectionHeaderBytes) throw malformed(kind, 'ends inside a section header')
    const type = view.getUint32(at, true)
    const length = view.getBigUint64(at + 4, true)
    at += sectionHeaderBytes
    if (length > BigInt(bytes.length - at)) throw malformed(kind, `ends inside section ${type}`)
    if (sections.has(type)) throw malformed(kind, `has section ${type} twice`)
    sections.set(type, bytes.subarray(at, at + Number(length)))
    at += Number(length)
  }
  if (at !== bytes.length) throw malformed(kind, `has ${bytes.length - at} bytes after its last section`)
  return sections
}

/** The section of a type that must be there. @throws ZkserveError the kind's code */
export function requiredSection(
  sections: ReadonlyMap<number, Uint8Array>,
  type: number,
  kind: ContainerKind,
): Uint8Array {
  const section = sections.get(type)
  if (section === undefined) throw malformed(kind, `has no section ${type}`)
  return section
}

/** A file to fill: its bytes, and a view of each section's content. */
export interface ContainerLayout {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly sections: ReadonlyMap<number, Uint8Array<ArrayBuffer>>
}

/**
 * An iden3 binary file with room for sections of the types and lengths, in that order, their content zero.
 *
 * Lengths divisible by 4 keep every section aligned to 4 bytes.
 */
export function layoutSections(
  magic: ContainerKind['magic'],
  version: number,
  lengths: readonly (readonly [type: number, length: number])[],
): ContainerLayout {
  const total = lengths.reduce((sum, [, length]) => sum + sectionHeaderBytes + length, 0)
  const bytes = new Uint8Array(containerHeaderBytes + total)
  const view = new DataView(bytes.buffer)
  bytes.set(new TextEncoder().encode(magic))
  view.setUint32(4, version, true)
  view.setUint32(8, lengths.length, true)
  const sections = new Map<number, Uint8Array<ArrayBuffer>>()
  let at = containerHeaderBytes
  for (const [type, length] of lengths) {
    view.setUint32(at, type, true)
    view.setBigUint64(at + 4, BigInt(length), true)
    at += sectionHeaderBytes
    sections.set(type, bytes.subarray(at, at + length))
    at += length
  }
  return { bytes, sections }
}

/** The error for a file of the kind that cannot be read. */
export function malformed(kind: ContainerKind, what: string): ZkserveError {
  return new ZkserveError(kind.errorCode, `the .${kind.magic} file ${what}`)
}
