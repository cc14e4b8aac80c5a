import { expect, test } from 'vitest'
import { ZkserveError } from '#circuits/errors.js'
import { scalarModulus } from '#prover/curve/bn254.js'
import { fromLittleEndian, toLittleEndian } from '#prover/curve/bytes.js'
import type { R1cs, SparseMatrix } from '#prover/r1cs/r1cs.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { compileCircom } from '../../support/compile-circom.js'
import { type LinearCombination, type SmallCircuit, writeR1cs } from '../../support/r1cs-writer.js'
import { randomCircuit } from '../../support/random-circuit.js'
import { RandomSource } from '../../support/random-source.js'

const small: SmallCircuit = {
  wireCount: 5,
  outputCount: 1,
  publicInputCount: 1,
  privateInputCount: 1,
  constraints: [
    [
      [
        [2, 3n],
        [3, -1n],
      ],
      [[3, 1n]],
      [[4, 1n]],
    ],
    [[[4, 3n]], [[4, -1n]], [[1, 7n]]],
  ],
}

function rowsOf(r1cs: R1cs, matrix: SparseMatrix): LinearCombination[] {
  return Array.from({ length: r1cs.constraintCount }, (_, row) => {
    const terms = Array.from(
      matrix.wires.subarray(matrix.rowOffsets[row]!, matrix.rowOffsets[row + 1]!).entries(),
    )
    return terms.map(([term, wire]) => {
      const index = matrix.coefficientIndexes[matrix.rowOffsets[row]! + term]!
      return [wire, fromLittleEndian(r1cs.coefficients, index * 32)] as const
    })
  })
}

function canonical(combination: LinearCombination): LinearCombination {
  return combination.map(([wire, value]) => [wire, value < 0n ? value + scalarModulus : value])
}

test('reads counts, rows and labels, and keeps each coefficient once', () => {
  const r1cs = readR1cs(writeR1cs(small))
  expect(r1cs).toMatchObject({ constraintCount: 2, wireCount: 5, publicCount: 2, privateInputCount: 1 })
  for (const [index, matrix] of [r1cs.a, r1cs.b, r1cs.c].entries()) {
    expect(rowsOf(r1cs, matrix)).toEqual(small.constraints.map((row) => canonical(row[index]!)))
  }
  expect(r1cs.coefficients.length / 32).toBe(4)
  expect([...r1cs.labels]).toEqual([0, 1, 2, 3, 4])
})

test('reads back random circuits, from any alignment', () => {
  const random = new RandomSource(1)
  for (let round = 0; round < 50; round++) {
    const { circuit } = randomCircuit(random)
    const bytes = writeR1cs(circuit)
    const shifted = new Uint8Array(bytes.length + 3)
    shifted.set(bytes, round % 4)
    const r1cs = readR1cs(shifted.subarray(round % 4, (round % 4) + bytes.length))
    for (const [index, matrix] of [r1cs.a, r1cs.b, r1cs.c].entries()) {
      expect(rowsOf(r1cs, matrix)).toEqual(circuit.constraints.map((row) => canonical(row[index]!)))
    }
  }
})

test('reads what circom writes', () => {
  const { r1cs } = compileCircom(`pragma circom 2.1.6;
    template Main() { signal input a; signal input b; signal output c; c <== (a - 2*b) * (b + 5); }
    component main {public [a]} = Main();`)
  expect(readR1cs(r1cs)).toMatchObject({
    constraintCount: 1,
    wireCount: 4,
    outputCount: 1,
    publicInputCount: 1,
    privateInputCount: 1,
  })
})

test('every truncation and every changed byte is read or refused by code', () => {
  const bytes = writeR1cs(small)
  for (let length = 0; length < bytes.length; length++) {
    expect(() => readR1cs(bytes.subarray(0, length)), `${length} bytes`).toThrow(ZkserveError)
  }
  for (let index = 0; index < bytes.length; index++) {
    for (const value of [0, 1, 0x7f, 0xff]) {
      const changed = bytes.slice()
      changed[index] = value
      try {
        readR1cs(changed)
      } catch (error) {
        expect(error).toMatchObject({ name: 'ZkserveError', code: 'INVALID_CIRCUIT' })
      }
    }
  }
})

test.each([
  ['a coefficient of r', (bytes: Uint8Array) => bytes.set(toLittleEndian(scalarModulus), 12 + 12 + 4 + 4)],
  ['a wire that does not exist', (bytes: Uint8Array) => bytes.set([5, 0, 0, 0], 12 + 12 + 4)],
  ['another magic', (bytes: Uint8Array) => bytes.set([0x7a], 0)],
  ['another version', (bytes: Uint8Array) => bytes.set([2], 4)],
])('refuses %s', (_name, change) => {
  const bytes = writeR1cs(small)
  change(bytes)
  expect(() => readR1cs(bytes)).toThrow(expect.objectContaining({ code: 'INVALID_CIRCUIT' }))
})

test('a header that claims four billion constraints costs nothing', () => {
  const bytes = writeR1cs(small)
  const header = bytes.length - 12 - small.wireCount * 8 - 4
  bytes.set([0xff, 0xff, 0xff, 0xff], header)
  expect(() => readR1cs(bytes)).toThrow(/more constraints than it has bytes/)
})
