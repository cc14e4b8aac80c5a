/** Two 16-bit float encodings as float32: IEEE 754 binary16 ("half") and bfloat16. Both conversions are exact. */

const bits = new Uint32Array(1)
const float = new Float32Array(bits.buffer)

/** The value of an IEEE 754 binary16 number given as its 16 bits. */
export function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  if (exponent === 0) return sign * fraction * 2 ** -24
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** The value of a bfloat16 number given as its 16 bits: the upper half of a float32. */
export function bfloatToFloat(half: number): number {
  bits[0] = (half & 0xffff) << 16
  return float[0]!
}
