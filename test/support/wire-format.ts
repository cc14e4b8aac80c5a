/** Protobuf wire format for files that no encoder would write. */

/** A field of wire format: number, length, content. */
export function field(id: number, content: Uint8Array): Uint8Array {
  return Uint8Array.from([...varint(id * 8 + 2), ...varint(content.length), ...content])
}

export function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
}

/** A model whose graph holds one initializer field of `size` bytes, written without building objects. */
export function initializerOf(id: number, size: number, byte: number): Uint8Array {
  const head = [id * 8 + 2, ...varint(size)]
  const tensorHead = [5 * 8 + 2, ...varint(head.length + size)]
  const graphHead = [7 * 8 + 2, ...varint(tensorHead.length + head.length + size)]
  const prefix = [...graphHead, ...tensorHead, ...head]
  const file = new Uint8Array(prefix.length + size).fill(byte)
  file.set(prefix)
  return file
}
