import { fieldBytes } from '#prover/curve/bn254.js'

/** A non-negative integer below 2^256 as 32 bytes, least significant first. */
export function toLittleEndian(value: bigint): Uint8Array<ArrayBuffer> {
  return toBigEndian(value).reverse()
}

/** A non-negative integer below 2^256 as 32 bytes, most significant first. */
export function toBigEndian(value: bigint): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(fieldBytes)
  const view = new DataView(bytes.buffer)
  for (let word = 0; word < 4; word++) {
    view.setBigUint64(word * 8, BigInt.asUintN(64, value >> BigInt(192 - 64 * word)))
  }
  return bytes
}

/** The integer of 32 bytes at the offset, least significant first. */
export function fromLittleEndian(bytes: Uint8Array, offset = 0): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, fieldBytes)
  let value = 0n
  for (let word = 3; word >= 0; word--) value = (value << 64n) | view.getBigUint64(word * 8, true)
  return value
}
