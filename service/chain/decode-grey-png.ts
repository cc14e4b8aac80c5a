import { crc32, inflateSync } from 'node:zlib'
import { ZkserveError } from '#circuits/errors.js'

/** A grey picture, one byte a pixel, rows from the top. */
export interface GreyPicture {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array
}

const signature = '89504e470d0a1a0a'
/** Bit depth 8, grey, deflate, standard filters, no interlacing. */
const format = '0800000000'

/**
 * Reads a PNG of 8 bits of grey without filters, as the contracts make it; checks every checksum.
 * @param most pixels that it may have: few bytes can be unpacked to any number
 * @throws ZkserveError `INVALID_INPUT`
 */
export function decodeGreyPng(file: Uint8Array, most = 16_777_216): GreyPicture {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  if (bytes.subarray(0, 8).toString('hex') !== signature) throw malformed('signature')
  const chunks = readChunks(bytes)
  const [header, data, end] = chunks
  if (chunks.map(({ kind }) => kind).join() !== 'IHDR,IDAT,IEND' || end!.body.length > 0) {
    throw malformed('order of chunks')
  }
  if (header!.body.length !== 13 || header!.body.subarray(8).toString('hex') !== format) {
    throw malformed('format')
  }
  const [width, height] = [header!.body.readUInt32BE(0), header!.body.readUInt32BE(4)]
  if (width * height > most || height > most) throw malformed('size')
  const rows = inflate(data!.body, height * (width + 1))
  const pixels = new Uint8Array(width * height)
  for (let row = 0; row < height; row++) {
    const at = row * (width + 1)
    if (rows[at] !== 0) throw malformed('filter')
    pixels.set(rows.subarray(at + 1, at + 1 + width), row * width)
  }
  return { width, height, pixels }
}

function readChunks(bytes: Buffer): { readonly kind: string; readonly body: Buffer }[] {
  const chunks = []
  for (let at = 8; at < bytes.length; ) {
    if (at + 12 > bytes.length) throw malformed('chunk')
    const end = at + 8 + bytes.readUInt32BE(at)
    if (end + 4 > bytes.length) throw malformed('chunk')
    if (crc32(bytes.subarray(at + 4, end)) !== bytes.readUInt32BE(end)) throw malformed('checksum')
    chunks.push({ kind: bytes.toString('latin1', at + 4, at + 8), body: bytes.subarray(at + 8, end) })
    at = end + 4
  }
  return chunks
}

function inflate(data: Buffer, length: number): Buffer {
  let rows: Buffer
  try {
    rows = inflateSync(data, { maxOutputLength: length })
  } catch (cause) {
    throw malformed('data', cause)
  }
  if (rows.length !== length) throw malformed('data')
  return rows
}

function malformed(what: string, cause?: unknown): ZkserveError {
  return new ZkserveError('INVALID_INPUT', `wrong PNG: its ${what} is not as expected`, { cause })
}
