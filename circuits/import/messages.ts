/** The decoded ONNX messages as protobufjs gives them: absent fields hold their default value. */

/** A 64-bit integer as protobufjs gives it. */
export type Integer64 = number | { readonly low: number; readonly high: number; readonly unsigned: boolean }

export interface ModelMessage {
  readonly irVersion: Integer64
  readonly graph: GraphMessage | null
  readonly opsetImport: readonly { readonly domain: string; readonly version: Integer64 }[]
  readonly functions: readonly { readonly name: string; readonly domain: string }[]
}

export interface GraphMessage {
  readonly node: readonly NodeMessage[]
  readonly name: string
  readonly initializer: readonly TensorMessage[]
  readonly input: readonly ValueMessage[]
  readonly output: readonly ValueMessage[]
  readonly sparseInitializer: readonly unknown[]
}

export interface NodeMessage {
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly name: string
  readonly opType: string
  readonly attribute: readonly AttributeMessage[]
  readonly domain: string
}

export interface AttributeMessage {
  readonly name: string
  readonly f: number
  readonly i: Integer64
  readonly s: Uint8Array
  readonly t: TensorMessage | null
  readonly floats: readonly number[]
  readonly ints: readonly Integer64[]
  readonly strings: readonly Uint8Array[]
  readonly type: number
  readonly refAttrName: string
}

export interface TensorMessage {
  readonly dims: readonly Integer64[]
  readonly dataType: number
  readonly segment: unknown
  readonly floatData: readonly number[]
  readonly int32Data: readonly number[]
  readonly int64Data: readonly Integer64[]
  readonly name: string
  readonly rawData: Uint8Array
  readonly doubleData: readonly number[]
  readonly uint64Data: readonly Integer64[]
}

export interface ValueMessage {
  readonly name: string
  readonly type: {
    readonly tensorType: {
      readonly elemType: number
      readonly shape: { readonly dim: readonly DimensionMessage[] } | null
    } | null
  } | null
}

export interface DimensionMessage {
  readonly dimValue: Integer64
  readonly dimParam: string
}

/** A 64-bit integer as a number: exact up to 2^53 in size, rounded beyond. */
export function toNumber(value: Integer64): number {
  if (typeof value === 'number') return value
  const high = value.unsigned ? value.high >>> 0 : value.high
  return high * 2 ** 32 + (value.low >>> 0)
}

/** Whether a decoded message holds the field, rather than its default. */
export function holds<Message extends object>(message: Message, field: keyof Message): boolean {
  return Object.hasOwn(message, field) && message[field] !== null
}
