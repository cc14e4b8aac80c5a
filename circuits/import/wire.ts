import { ZkserveError } from '#circuits/errors.js'

/** The protobuf wire types that exist; groups (3 and 4) are refused. */
export const wire = { varint: 0, fixed64: 1, lengthDelimited: 2, fixed32: 5 } as const

/** A place in a buffer of protobuf wire format. */
export interface WireCursor {
  readonly bytes: Uint8Array
  at: number
}

/** Throws `INVALID_ONNX` with the place in the file. */
export function malformed(cursor: WireCursor, reason: string): never {
  throw new ZkserveError('INVALID_ONNX', `not an ONNX file: ${reason} (byte ${cursor.at})`, {
    details: { byte: cursor.at },
  })
}

/** Reads a variable-length integer of at most ten bytes; above 2^53 it is rounded. */
export function readVarint(cursor: WireCursor, end: number): number {
  let value = 0
  let factor = 1
  for (let count = 0; count < 10; count++) {
    if (cursor.at >= end) malformed(cursor, 'the file is truncated')
    const byte = cursor.bytes[cursor.at++]!
    value += (byte & 0x7f) * factor
    if (byte < 0x80) return value
    factor *= 128
  }
  return malformed(cursor, 'an integer is longer than ten bytes')
}

/** Reads a field's number and wire type. */
export function readTag(cursor: WireCursor, end: number): { field: number; wireType: number } {
  const tag = readVarint(cursor, end)
  const field = Math.floor(tag / 8)
  if (field < 1 || field >= 2 ** 29) malformed(cursor, 'a field number is out of range')
  return { field, wireType: tag % 8 }
}

/** Moves behind a field whose tag was read. */
export function skipField(cursor: WireCursor, wireType: number, end: number): void {
  if (wireType === wire.varint) readVarint(cursor, end)
  else if (wireType === wire.fixed64) cursor.at += 8
  else if (wireType === wire.fixed32) cursor.at += 4
  else if (wireType === wire.lengthDelimited) {
    const length = readVarint(cursor, end)
    cursor.at += length
  } else malformed(cursor, `wire type ${wireType} is unknown`)
  if (cursor.at > end) malformed(cursor, 'the file is truncated')
}
