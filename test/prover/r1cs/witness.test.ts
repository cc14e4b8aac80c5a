import { expect, test } from 'vitest'
import { scalarModulus } from '#prover/curve/bn254.js'
import { fromLittleEndian } from '#prover/curve/bytes.js'
import { readWitness, writeWitness } from '#prover/r1cs/witness.js'

const values = [1n, 0n, 5n, scalarModulus - 1n, 1n << 200n]

test('reads back what it writes', () => {
  const read = readWitness(writeWitness(values))
  expect(values.map((_, wire) => fromLittleEndian(read, wire * 32))).toEqual(values)
  expect(writeWitness(read)).toEqual(writeWitness(values))
})

test('refuses values of r and more', () => {
  for (const value of [scalarModulus, scalarModulus + 1n, (1n << 256n) - 1n]) {
    expect(() => readWitness(writeWitness([1n, value]))).toThrow(/value ≥ r for wire 1/)
  }
})

test('refuses every truncation and every changed header byte by code', () => {
  const bytes = writeWitness(values)
  for (let length = 0; length < bytes.length; length++) {
    expect(() => readWitness(bytes.subarray(0, length))).toThrow(
      expect.objectContaining({ code: 'INVALID_CIRCUIT' }),
    )
  }
  for (let index = 0; index < 12 + 12 + 40 + 12; index++) {
    const changed = bytes.slice()
    changed[index]! ^= 0x41
    expect(() => readWitness(changed), `byte ${index}`).toThrow(
      expect.objectContaining({ code: 'INVALID_CIRCUIT' }),
    )
  }
})
