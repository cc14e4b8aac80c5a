import { expect, test } from 'vitest'
import { scalarModulus } from '#prover/curve/bn254.js'
import { toLittleEndian } from '#prover/curve/bytes.js'
import { windowCount, writeDigits } from '#prover/setup/window-digits.js'
import { RandomSource } from '../../support/random-source.js'

test('digits add up to the scalar and stay within half a window, for every window size', () => {
  const random = new RandomSource(5)
  const borders = [0n, 1n, scalarModulus - 1n, scalarModulus - 2n, 1n << 253n, (1n << 253n) - 1n]
  for (let bits = 2; bits <= 16; bits++) {
    const windows = windowCount(bits)
    const scalars = [...borders, ...Array.from({ length: 50 }, () => random.bigintBelow(scalarModulus))]
    const digits = new Int32Array(windows * scalars.length)
    for (const [index, scalar] of scalars.entries()) {
      const words = new Uint32Array(toLittleEndian(scalar).buffer)
      writeDigits(words, 0, bits, digits, index, scalars.length)
      const parts = Array.from({ length: windows }, (_, window) => digits[window * scalars.length + index]!)
      expect(parts.reduce((sum, digit, window) => sum + (BigInt(digit) << BigInt(window * bits)), 0n)).toBe(
        scalar,
      )
      expect(Math.max(...parts.map(Math.abs))).toBeLessThanOrEqual(2 ** (bits - 1))
    }
  }
})
