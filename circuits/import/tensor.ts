import { bfloatToFloat, halfToFloat } from '#circuits/data/half.js'
import { ZkserveError } from '#circuits/errors.js'
import { type Shape, sizeOf } from '#circuits/graph/graph.js'
import { formatShape } from '#circuits/graph/shapes.js'
import type { Constant } from '#circuits/import/constant.js'
import { type ImportLimits, requireWithin } from '#circuits/import/limits.js'
import { holds, type Integer64, type TensorMessage, toNumber } from '#circuits/import/messages.js'

type Numbers = readonly number[] | readonly Integer64[]

interface ElementType {
  readonly name: string
  readonly constant: Constant['type']
  readonly bytes: number
  /** One element of `raw_data`, little-endian. */
  readonly read: (view: DataView, at: number) => number
  /** The field that holds the elements where `raw_data` does not. */
  readonly field: 'floatData' | 'doubleData' | 'int32Data' | 'int64Data' | 'uint64Data'
  /** One element of that field. */
  readonly convert?: (value: number) => number
}

/** Element types by the number of `TensorProto.DataType`; strings and complex numbers have none. */
const elementTypes: Readonly<Record<number, ElementType>> = {
  1: {
    name: 'float',
    constant: 'float',
    bytes: 4,
    read: (v, at) => v.getFloat32(at, true),
    field: 'floatData',
  },
  2: { name: 'uint8', constant: 'integer', bytes: 1, read: (v, at) => v.getUint8(at), field: 'int32Data' },
  3: { name: 'int8', constant: 'integer', bytes: 1, read: (v, at) => v.getInt8(at), field: 'int32Data' },
  4: {
    name: 'uint16',
    constant: 'integer',
    bytes: 2,
    read: (v, at) => v.getUint16(at, true),
    field: 'int32Data',
  },
  5: {
    name: 'int16',
    constant: 'integer',
    bytes: 2,
    read: (v, at) => v.getInt16(at, true),
    field: 'int32Data',
  },
  6: {
    name: 'int32',
    constant: 'integer',
    bytes: 4,
    read: (v, at) => v.getInt32(at, true),
    field: 'int32Data',
  },
  7: {
    name: 'int64',
    constant: 'integer',
    bytes: 8,
    read: (v, at) => v.getInt32(at + 4, true) * 2 ** 32 + v.getUint32(at, true),
    field: 'int64Data',
  },
  9: { name: 'bool', constant: 'boolean', bytes: 1, read: (v, at) => v.getUint8(at), field: 'int32Data' },
  10: {
    name: 'float16',
    constant: 'float',
    bytes: 2,
    read: (v, at) => halfToFloat(v.getUint16(at, true)),
    field: 'int32Data',
    convert: halfToFloat,
  },
  11: {
    name: 'double',
    constant: 'float',
    bytes: 8,
    read: (v, at) => v.getFloat64(at, true),
    field: 'doubleData',
  },
  12: {
    name: 'uint32',
    constant: 'integer',
    bytes: 4,
    read: (v, at) => v.getUint32(at, true),
    field: 'uint64Data',
  },
  13: {
    name: 'uint64',
    constant: 'integer',
    bytes: 8,
    read: (v, at) => v.getUint32(at + 4, true) * 2 ** 32 + v.getUint32(at, true),
    field: 'uint64Data',
  },
  16: {
    name: 'bfloat16',
    constant: 'float',
    bytes: 2,
    read: (v, at) => bfloatToFloat(v.getUint16(at, true)),
    field: 'int32Data',
    convert: bfloatToFloat,
  },
}

/** Types whose elements are packed two to a byte, the lower half first; by number, whether they are signed. */
const nibbleTypes: Readonly<Record<number, boolean>> = { 21: false, 22: true }

const otherNames: Readonly<Record<number, string>> = { 0: 'undefined', 8: 'string', 21: 'uint4', 22: 'int4' }

/** The name of an ONNX element type for people. */
export function elementTypeName(dataType: number): string {
  return elementTypes[dataType]?.name ?? otherNames[dataType] ?? `type ${dataType}`
}

/** Whether the ONNX element type is one of numbers or truth values. */
export function isNumberType(dataType: number): boolean {
  return Object.hasOwn(elementTypes, dataType)
}

/** Whether values of the ONNX element type are computed with as floats. */
export function isFloatType(dataType: number): boolean {
  return elementTypes[dataType]?.constant === 'float'
}

/**
 * Reads a tensor whose data is in the file, as `raw_data` or in a typed field.
 * Throws `INVALID_ONNX` where type, shape and data disagree, `MODEL_TOO_LARGE` beyond `limits`.
 */
export function readTensor(tensor: TensorMessage, what: string, limits: ImportLimits): Constant {
  const isSigned = nibbleTypes[tensor.dataType]
  if (isSigned !== undefined) return readNibbles(tensor, what, limits, isSigned)
  const type = elementTypes[tensor.dataType]
  if (type === undefined) refuse(what, `has elements of ${elementTypeName(tensor.dataType)}, not numbers`)
  if (holds(tensor, 'segment')) refuse(what, 'is split into segments')
  const shape = readDimensions(tensor, what, limits)
  const size = sizeOf(shape)
  const data = type.constant === 'float' ? new Float32Array(size) : new Float64Array(size)
  if (holds(tensor, 'rawData')) {
    const { rawData } = tensor
    requireLength(what, shape, size * type.bytes, rawData.length, 'bytes')
    const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength)
    for (let index = 0; index < size; index++) data[index] = type.read(view, index * type.bytes)
  } else {
    const values = tensor[type.field] as Numbers
    requireLength(what, shape, size, values.length, 'elements')
    for (let index = 0; index < size; index++) {
      const value = toNumber(values[index]!)
      data[index] = type.convert === undefined ? value : type.convert(value)
    }
  }
  if (type.constant === 'float') return { type: 'float', shape, data: data as Float32Array }
  return { type: type.constant, shape, data: data as Float64Array, element: type.name }
}

function readNibbles(tensor: TensorMessage, what: string, limits: ImportLimits, isSigned: boolean): Constant {
  if (holds(tensor, 'segment')) refuse(what, 'is split into segments')
  const shape = readDimensions(tensor, what, limits)
  const bytes: ArrayLike<number> = holds(tensor, 'rawData') ? tensor.rawData : tensor.int32Data
  requireLength(what, shape, Math.ceil(sizeOf(shape) / 2), bytes.length, 'bytes')
  const data = Float64Array.from({ length: sizeOf(shape) }, (_, index) => {
    const nibble = (bytes[index >> 1]! >> (4 * (index & 1))) & 15
    return isSigned && nibble > 7 ? nibble - 16 : nibble
  })
  return { type: 'integer', shape, data, element: elementTypeName(tensor.dataType) }
}

function readDimensions(tensor: TensorMessage, what: string, limits: ImportLimits): Shape {
  requireWithin(limits, 'rank', tensor.dims.length)
  const shape = tensor.dims.map(toNumber)
  const bad = shape.find((length) => !(Number.isSafeInteger(length) && length >= 0))
  if (bad !== undefined) refuse(what, `has a length of ${bad} on an axis`)
  requireWithin(limits, 'elements', sizeOf(shape))
  return shape
}

function requireLength(what: string, shape: Shape, expected: number, got: number, unit: string): void {
  if (got !== expected) {
    refuse(what, `of shape ${formatShape(shape)} needs ${expected} ${unit} of data, got ${got}`)
  }
}

function refuse(what: string, reason: string): never {
  throw new ZkserveError('INVALID_ONNX', `${what} ${reason}`)
}
