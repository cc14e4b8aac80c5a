import protobuf from 'protobufjs'
import { ZkserveError } from '#circuits/errors.js'
import { type ImportLimits, requireWithin } from '#circuits/import/limits.js'
import { modelType } from '#circuits/import/schema.js'
import { malformed, readTag, readVarint, skipField, type WireCursor, wire } from '#circuits/import/wire.js'

/**
 * Walks the wire format of an ONNX file without building anything and counts what decoding it would cost:
 * a few bytes of protobuf can ask for a thousand times their size in objects. Uses constant memory.
 * Throws `MODEL_TOO_LARGE` beyond a limit and `INVALID_ONNX` for what is truncated or no protobuf, or for a
 * tensor anywhere (subgraphs, attributes, sparse parts, functions) whose data lies in another file.
 */
export function scanOnnx(bytes: Uint8Array, limits: ImportLimits): void {
  requireWithin(limits, 'bytes', bytes.length)
  const counts = { fields: 0, nodes: 0, packedIntegers: 0, elements: 0 }
  const cursor: WireCursor = { bytes, at: 0 }
  const open: { readonly type: protobuf.Type; readonly end: number }[] = [
    { type: modelType, end: bytes.length },
  ]
  while (open.length > 0) {
    const { type, end } = open.at(-1)!
    if (cursor.at === end) {
      open.pop()
      continue
    }
    const { field: id, wireType } = readTag(cursor, end)
    requireWithin(limits, 'fields', ++counts.fields)
    const field = type.fieldsById[id]
    if (field !== undefined) checkField(cursor, field, wireType)
    if (field === undefined || wireType !== wire.lengthDelimited) {
      skipField(cursor, wireType, end)
      continue
    }
    const length = readVarint(cursor, end)
    if (length > end - cursor.at) malformed(cursor, 'the file is truncated')
    const fieldEnd = cursor.at + length
    if (field.resolvedType instanceof protobuf.Type) {
      if (field.resolvedType.name === 'NodeProto') requireWithin(limits, 'nodes', ++counts.nodes)
      open.push({ type: field.resolvedType, end: fieldEnd })
      requireWithin(limits, 'depth', open.length)
      continue
    }
    if (isPackable(field)) {
      const elements = countPacked(cursor, field, fieldEnd)
      if (fixedBytes(field) === null) counts.packedIntegers += elements
      counts.elements += elements
      requireWithin(limits, 'packedIntegers', counts.packedIntegers)
      requireWithin(limits, 'elements', counts.elements)
    }
    cursor.at = fieldEnd
  }
}

const wireTypes: Readonly<Record<string, number>> = protobuf.types.basic

/** Bytes of one element of a packed field, or null where its length varies. */
function fixedBytes(field: protobuf.Field): number | null {
  const wireType = wireTypes[field.type]
  if (wireType === wire.fixed32) return 4
  return wireType === wire.fixed64 ? 8 : null
}

function isPackable(field: protobuf.Field): boolean {
  return field.repeated && field.type in protobuf.types.packed
}

function checkField(cursor: WireCursor, field: protobuf.Field, wireType: number): void {
  const owner = field.parent?.name
  if (owner === 'TensorProto' && field.name === 'externalData') refuseExternal()
  if (owner === 'TensorProto' && field.name === 'dataLocation') {
    const location = readVarint({ ...cursor }, cursor.bytes.length)
    if (location !== 0) refuseExternal()
  }
  const expected = field.resolvedType === null ? wireTypes[field.type] : wire.lengthDelimited
  if (wireType !== expected && !(isPackable(field) && wireType === wire.lengthDelimited)) {
    malformed(cursor, `field ${owner}.${field.name} has another wire type`)
  }
}

function refuseExternal(): never {
  throw new ZkserveError('INVALID_ONNX', 'the model keeps tensor data in another file (external_data)', {
    hints: ['Save the model as one file, for example with `onnx.save(model, path)`.'],
  })
}

function countPacked(cursor: WireCursor, field: protobuf.Field, end: number): number {
  const size = fixedBytes(field)
  if (size !== null) {
    if ((end - cursor.at) % size !== 0) malformed(cursor, `field ${field.name} ends within an element`)
    return (end - cursor.at) / size
  }
  if (end > cursor.at && cursor.bytes[end - 1]! >= 0x80) malformed(cursor, `field ${field.name} is truncated`)
  let elements = 0
  for (let at = cursor.at; at < end; at++) if (cursor.bytes[at]! < 0x80) elements++
  return elements
}
