import { modelType } from '#circuits/import/schema.js'

/**
 * Writes ONNX files for tests:
 *
 *     onnxModel({
 *       opset: 13,
 *       inputs: [{ name: 'x', shape: ['N', 3] }],
 *       outputs: ['y'],
 *       nodes: [{ op: 'Gemm', inputs: ['x', 'W'], outputs: ['y'], attributes: { transB: 1, alpha: float(2) } }],
 *       initializers: { W: tensor([2, 3], [1, 2, 3, 4, 5, 6]) },
 *     })
 */

const dataTypes = {
  float: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  double: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
} as const

export type OnnxType = keyof typeof dataTypes

/** A TensorProto as a plain object. */
export type TensorObject = Readonly<Record<string, unknown>>

/** A float attribute: plain whole numbers become integers otherwise. */
export interface FloatAttribute {
  readonly float: number
}

export type AttributeValue =
  | number
  | string
  | readonly number[]
  | FloatAttribute
  | { readonly floats: readonly number[] }
  | { readonly strings: readonly string[] }
  | { readonly tensor: TensorObject }

export interface OnnxNode {
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly name?: string
  readonly domain?: string
  readonly attributes?: Readonly<Record<string, AttributeValue>>
}

export interface OnnxModel {
  readonly opset?: number
  /** Opsets of further operator domains, such as `{ 'ai.onnx.ml': 3 }`. */
  readonly domains?: Readonly<Record<string, number>>
  readonly name?: string
  readonly inputs: readonly {
    readonly name: string
    readonly shape: readonly (number | string)[]
    readonly type?: OnnxType
  }[]
  /** Names of float outputs, or names with types. */
  readonly outputs: readonly (string | { readonly name: string; readonly type: OnnxType })[]
  readonly nodes: readonly OnnxNode[]
  readonly initializers?: Readonly<Record<string, TensorObject>>
}

/** An attribute that is a float whatever its value. */
export function float(value: number): FloatAttribute {
  return { float: value }
}

/** A tensor with its data as raw bytes, or in the typed field where `form` says so. */
export function tensor(
  shape: readonly number[],
  data: readonly number[],
  { type = 'float', form = 'raw' }: { readonly type?: OnnxType; readonly form?: 'raw' | 'typed' } = {},
): TensorObject {
  const base = { dims: shape, dataType: dataTypes[type] }
  return form === 'raw' ? { ...base, rawData: rawBytes(type, data) } : { ...base, ...typedField(type, data) }
}

/** A one-axis int64 tensor: shapes, axes, pads. */
export function integers(...values: readonly number[]): TensorObject {
  return tensor([values.length], values, { type: 'int64' })
}

/** A model as the bytes of an ONNX file. */
export function onnxModel(model: OnnxModel): Uint8Array {
  return encodeModel(modelObject(model))
}

/** A model as a plain ModelProto object, to be spoilt before {@link encodeModel}. */
export function modelObject(model: OnnxModel): {
  irVersion: number
  opsetImport: { domain?: string; version: number }[]
  graph: Record<string, unknown> & { node: Record<string, unknown>[]; initializer: Record<string, unknown>[] }
} {
  return {
    irVersion: 8,
    opsetImport: [
      { version: model.opset ?? 13 },
      ...Object.entries(model.domains ?? {}).map(([domain, version]) => ({ domain, version })),
    ],
    graph: {
      name: model.name ?? 'test',
      node: model.nodes.map(nodeObject),
      initializer: Object.entries(model.initializers ?? {}).map(([name, value]) => ({ ...value, name })),
      input: model.inputs.map(({ name, shape, type = 'float' }) => ({
        name,
        type: { tensorType: { elemType: dataTypes[type], shape: { dim: shape.map(dimension) } } },
      })),
      output: model.outputs
        .map((output) => (typeof output === 'string' ? { name: output, type: 'float' as const } : output))
        .map(({ name, type }) => ({ name, type: { tensorType: { elemType: dataTypes[type] } } })),
    },
  }
}

/** A plain ModelProto object as the bytes of an ONNX file. */
export function encodeModel(model: object): Uint8Array {
  return Uint8Array.from(modelType.encode(modelType.fromObject(model)).finish())
}

function dimension(length: number | string): object {
  return typeof length === 'number' ? { dimValue: length } : { dimParam: length }
}

function nodeObject({ op, inputs, outputs, name, domain, attributes }: OnnxNode): Record<string, unknown> {
  return {
    opType: op,
    input: inputs,
    output: outputs,
    name: name ?? '',
    domain: domain ?? '',
    attribute: Object.entries(attributes ?? {}).map(([key, value]) => ({ name: key, ...attribute(value) })),
  }
}

function attribute(value: AttributeValue): object {
  if (typeof value === 'number')
    return Number.isInteger(value) ? { type: 2, i: value } : { type: 1, f: value }
  if (typeof value === 'string') return { type: 3, s: new TextEncoder().encode(value) }
  if (Array.isArray(value)) return { type: 7, ints: value }
  if ('float' in value) return { type: 1, f: value.float }
  if ('floats' in value) return { type: 6, floats: value.floats }
  if ('strings' in value) {
    return { type: 8, strings: value.strings.map((text) => new TextEncoder().encode(text)) }
  }
  if ('tensor' in value) return { type: 4, t: value.tensor }
  throw new Error('unknown kind of attribute')
}

function typedField(type: OnnxType, data: readonly number[]): object {
  if (type === 'float') return { floatData: data }
  if (type === 'double') return { doubleData: data }
  if (type === 'int64') return { int64Data: data }
  if (type === 'uint32' || type === 'uint64') return { uint64Data: data }
  if (type === 'float16') return { int32Data: data.map(halfBits) }
  if (type === 'bfloat16') return { int32Data: data.map(bfloatBits) }
  return { int32Data: data }
}

function rawBytes(type: OnnxType, data: readonly number[]): Uint8Array {
  const arrays = {
    float: () => Float32Array.from(data),
    double: () => Float64Array.from(data),
    float16: () => Uint16Array.from(data, halfBits),
    bfloat16: () => Uint16Array.from(data, bfloatBits),
    uint8: () => Uint8Array.from(data),
    bool: () => Uint8Array.from(data),
    int8: () => Int8Array.from(data),
    uint16: () => Uint16Array.from(data),
    int16: () => Int16Array.from(data),
    int32: () => Int32Array.from(data),
    uint32: () => Uint32Array.from(data),
    int64: () => BigInt64Array.from(data, BigInt),
    uint64: () => BigUint64Array.from(data, BigInt),
    string: () => new Uint8Array(data.length),
  } as const satisfies Record<OnnxType, () => ArrayBufferView>
  return new Uint8Array(arrays[type]().buffer)
}

/** The bits of a number that binary16 holds exactly as a normal number, or of zero. */
function halfBits(value: number): number {
  if (value === 0) return 0
  const exponent = Math.floor(Math.log2(Math.abs(value)))
  const fraction = (Math.abs(value) / 2 ** exponent - 1) * 1024
  return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | fraction
}

function bfloatBits(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0]! >>> 16
}
