import { fieldBytes } from '#prover/curve/bn254.js'

/** Bits of r, and so of any scalar. */
const scalarBits = 254

/** Windows of signed digits that a scalar takes; the top one has room for the last carry. */
export function windowCount(windowBits: number): number {
  return Math.floor(scalarBits / windowBits) + 1
}

/**
 * Writes a scalar below r as `Σ digit[w] · 2^(w · windowBits)` with digits from −2^(windowBits−1) + 1 to
 * 2^(windowBits−1).
 *
 * @param words holds the scalar's eight words from `start`, least significant first
 * @param digits digit w goes to `digits[w · stride + index]`
 */
export function writeDigits(
  words: Uint32Array,
  start: number,
  windowBits: number,
  digits: Int32Array,
  index: number,
  stride: number,
): void {
  const windows = windowCount(windowBits)
  const last = start + fieldBytes / 4 - 1
  const half = 1 << (windowBits - 1)
  const mask = 2 * half - 1
  let carry = 0
  for (let window = 0; window < windows; window++) {
    const bit = window * windowBits
    const word = start + (bit >>> 5)
    const shift = bit & 31
    let raw = words[word]! >>> shift
    if (shift + windowBits > 32 && word < last) raw |= words[word + 1]! << (32 - shift)
    let digit = (raw & mask) + carry
    carry = digit > half ? 1 : 0
    if (carry === 1) digit -= 2 * half
    digits[window * stride + index] = digit
  }
}
