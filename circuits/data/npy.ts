import { halfToFloat } from '#circuits/data/half.js'
import { type DataLimits, defaultDataLimits } from '#circuits/data/limits.js'
import type { NumericArray } from '#circuits/data/numeric-array.js'
import { ZkserveError } from '#circuits/errors.js'
import { sizeOf } from '#circuits/graph/graph.js'
import { transposeIndices } from '#circuits/graph/kernels/indices.js'

interface ElementType {
  readonly bytes: number
  readonly isSingle: boolean
  readonly read: (view: DataView, at: number) => number
}

/** Element types of NumPy's format, little-endian; 64-bit integers are rounded beyond 2^53. */
const elementTypes: Readonly<Record<string, ElementType>> = {
  f2: { bytes: 2, isSingle: true, read: (view, at) => halfToFloat(view.getUint16(at, true)) },
  f4: { bytes: 4, isSingle: true, read: (view, at) => view.getFloat32(at, true) },
  f8: { bytes: 8, isSingle: false, read: (view, at) => view.getFloat64(at, true) },
  b1: { bytes: 1, isSingle: true, read: (view, at) => (view.getUint8(at) === 0 ? 0 : 1) },
  i1: { bytes: 1, isSingle: true, read: (view, at) => view.getInt8(at) },
  u1: { bytes: 1, isSingle: true, read: (view, at) => view.getUint8(at) },
  i2: { bytes: 2, isSingle: true, read: (view, at) => view.getInt16(at, true) },
  u2: { bytes: 2, isSingle: true, read: (view, at) => view.getUint16(at, true) },
  i4: { bytes: 4, isSingle: false, read: (view, at) => view.getInt32(at, true) },
  u4: { bytes: 4, isSingle: false, read: (view, at) => view.getUint32(at, true) },
  i8: { bytes: 8, isSingle: false, read: (view, at) => Number(view.getBigInt64(at, true)) },
  u8: { bytes: 8, isSingle: false, read: (view, at) => Number(view.getBigUint64(at, true)) },
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]

/** Whether bytes begin as a `.npy` file does. */
export function isNpy(bytes: Uint8Array): boolean {
  return magic.every((byte, index) => bytes[index] === byte)
}

/**
 * Reads an array in NumPy's `.npy` format, versions 1 to 3, in C or Fortran order.
 * Throws `INVALID_DATA` for other element types, big-endian data, and data of another length than the shape's.
 */
export function parseNpy(
  bytes: Uint8Array,
  what = 'the array',
  limits: DataLimits = defaultDataLimits,
): NumericArray {
  if (!isNpy(bytes) || bytes.length < 12) refuse(what, 'is no .npy file')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const isFirstVersion = bytes[6] === 1
  const start = isFirstVersion ? 10 : 12
  const end = start + (isFirstVersion ? view.getUint16(8, true) : view.getUint32(8, true))
  if (end > bytes.length) refuse(what, 'is truncated')
  const header = parseHeader(new TextDecoder().decode(bytes.subarray(start, end)), what)
  const type = elementTypes[header.type]
  if (type === undefined) refuse(what, `has elements of type "${header.order}${header.type}", not numbers`)
  if (header.order === '>' && type.bytes > 1) refuse(what, 'is big-endian; save it little-endian')
  const size = sizeOf(header.shape)
  if (!(size <= limits.elements)) refuse(what, `has more than ${limits.elements} elements`)
  if (bytes.length - end !== size * type.bytes) {
    refuse(what, `needs ${size * type.bytes} bytes of data for its shape, got ${bytes.length - end}`)
  }
  const data = type.isSingle ? new Float32Array(size) : new Float64Array(size)
  for (let index = 0; index < size; index++) data[index] = type.read(view, end + index * type.bytes)
  return header.isFortran ? toRowMajor(header.shape, data) : { shape: header.shape, data }
}

interface Header {
  readonly order: string
  readonly type: string
  readonly isFortran: boolean
  readonly shape: readonly number[]
}

function parseHeader(text: string, what: string): Header {
  const descr = /'descr':\s*'([<>|=]?)([a-zA-Z]\d+)'/.exec(text)
  const fortran = /'fortran_order':\s*(True|False)/.exec(text)
  const shape = /'shape':\s*\(([\d\s,]*)\)/.exec(text)
  if (descr === null || fortran === null || shape === null) refuse(what, 'has a header that cannot be read')
  const lengths = shape[1]!.split(',').map((part) => part.trim())
  return {
    order: descr[1]!,
    type: descr[2]!,
    isFortran: fortran[1] === 'True',
    shape: lengths.filter((part) => part !== '').map(Number),
  }
}

function toRowMajor(shape: readonly number[], data: Float32Array | Float64Array): NumericArray {
  const reversed = shape.toReversed()
  const indices = transposeIndices(
    reversed,
    reversed.map((_, axis) => reversed.length - 1 - axis),
  )
  const result = data.slice()
  for (let index = 0; index < result.length; index++) result[index] = data[indices[index]!]!
  return { shape, data: result }
}

function refuse(what: string, reason: string): never {
  throw new ZkserveError('INVALID_DATA', `${what} ${reason}`)
}
