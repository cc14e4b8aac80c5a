import { constants, type FileHandle, open } from 'node:fs/promises'
import { ZkserveError } from '#circuits/errors.js'

/** One of iden3's binary files on disk, of any size: sections are read one by one. */
export interface SectionFile {
  /** Bytes of a section; undefined where there is none. */
  lengthOf(type: number): number | undefined
  /** Bytes of a section that must be there, all by default. @throws ZkserveError `INVALID_CEREMONY` */
  read(type: number, start?: number, length?: number): Promise<Uint8Array<ArrayBuffer>>
}

export type SectionFileKind = 'zkey' | 'ptau'

interface Span {
  readonly offset: number
  readonly length: number
}

const headerBytes = 12
const maximumSections = 64

/**
 * Opens a file of sections for `use`, and closes it. Format: `readSections`, with the same rules: each section
 * complete and of a type of its own, nothing after the last.
 *
 * @throws ZkserveError `FILE_NOT_FOUND`, `INVALID_CEREMONY`
 */
export async function withSectionFile<Result>(
  path: string,
  kind: SectionFileKind,
  use: (file: SectionFile) => Promise<Result>,
): Promise<Result> {
  // Opening a pipe that nobody writes to would wait.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause) => {
    throw new ZkserveError('FILE_NOT_FOUND', `"${path}" cannot be read`, { cause })
  })
  try {
    if (!(await handle.stat()).isFile()) {
      throw new ZkserveError('FILE_NOT_FOUND', `"${path}" is no regular file`)
    }
    const spans = await readSpans(handle, kind)
    const read: SectionFile['read'] = async (type, start = 0, length) => {
      const span = spans.get(type)
      if (span === undefined) throw malformed(kind, `has no section ${type}`)
      const wanted = length ?? span.length - start
      if (wanted < 0 || start + wanted > span.length) throw malformed(kind, `has too short a section ${type}`)
      return readAt(handle, span.offset + start, wanted, kind)
    }
    return await use({ lengthOf: (type) => spans.get(type)?.length, read })
  } finally {
    await handle.close()
  }
}

/** The error for a file of the kind that is none. */
export function malformed(kind: SectionFileKind, what: string): ZkserveError {
  return new ZkserveError('INVALID_CEREMONY', `the .${kind} file ${what}`)
}

async function readSpans(handle: FileHandle, kind: SectionFileKind): Promise<Map<number, Span>> {
  const { size } = await handle.stat()
  if (size < headerBytes) throw malformed(kind, 'is shorter than its header')
  const header = await readAt(handle, 0, headerBytes, kind)
  if (String.fromCharCode(...header.subarray(0, 4)) !== kind) throw malformed(kind, 'has another magic')
  const view = new DataView(header.buffer)
  if (view.getUint32(4, true) !== 1) throw malformed(kind, `has unknown version ${view.getUint32(4, true)}`)
  const count = view.getUint32(8, true)
  if (count > maximumSections) throw malformed(kind, `claims ${count} sections`)
  const spans = new Map<number, Span>()
  let at = headerBytes
  for (let index = 0; index < count; index++) {
    if (size - at < headerBytes) throw malformed(kind, 'ends inside a section header')
    const section = new DataView((await readAt(handle, at, headerBytes, kind)).buffer)
    const type = section.getUint32(0, true)
    const length = section.getBigUint64(4, true)
    at += headerBytes
    if (length > BigInt(size - at)) throw malformed(kind, `ends inside section ${type}`)
    if (spans.has(type)) throw malformed(kind, `has section ${type} twice`)
    spans.set(type, { offset: at, length: Number(length) })
    at += Number(length)
  }
  if (at !== size) throw malformed(kind, `has ${size - at} bytes after its last section`)
  return spans
}

async function readAt(
  handle: FileHandle,
  offset: number,
  length: number,
  kind: SectionFileKind,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length)
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(bytes, done, length - done, offset + done)
    if (bytesRead === 0) throw malformed(kind, 'became shorter')
    done += bytesRead
  }
  return bytes
}
