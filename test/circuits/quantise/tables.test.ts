import { expect, test } from 'vitest'
import { keyUnit, keyWindow, type LivingKeys } from '#circuits/quantise/tables.js'

const uncut = { low: false, high: false }

/** Bits of the window over keys that were given so many. */
function windowBits(keys: LivingKeys, width: number): number {
  return keyWindow(keys, keyUnit(keys, width)).bits
}

test('keys from -m to m take the bits that they were given, however m / unit is rounded', () => {
  const magnitudes = Array.from({ length: 500 }, (_, i) => (i + 1) / 7)
  for (const width of [1, 4, 8, 12]) {
    expect(magnitudes.filter((m) => windowBits({ min: -m, max: m, cut: uncut }, width) !== width)).toEqual([])
  }
})

test('the window of symmetric keys is that of rounded quotients', () => {
  const keys = { min: -1, max: 1, cut: uncut }
  expect(keyWindow(keys, keyUnit(keys, 8))).toEqual({ low: -127, bits: 8 })
})

test('ends that stand for all keys beyond them find room', () => {
  for (const cut of [
    { low: true, high: false },
    { low: false, high: true },
    { low: true, high: true },
  ]) {
    const offsets = Array.from({ length: 200 }, (_, i) => i / 200)
    expect(offsets.filter((at) => windowBits({ min: at - 3, max: at + 5, cut }, 6) !== 6)).toEqual([])
  }
})
