import { fieldBytes } from '#prover/curve/bn254.js'
import { toLittleEndian } from '#prover/curve/bytes.js'
import type { CurveEngine } from '#prover/curve/engine.js'
import type { R1cs } from '#prover/r1cs/r1cs.js'

const wordsPerField = fieldBytes / 4

/** Terms in a key's coefficient section: those of A and B, and one a row for the constant and each public signal. */
export function coefficientCount({ a, b, publicCount }: R1cs): number {
  return a.wires.length + b.wires.length + publicCount + 1
}

/**
 * Fills the coefficient section: row after row the terms of A, then of B; at the end w_i in A of the rows for
 * the constant and the public signals.
 *
 * @param section `4 + coefficientCount · 44` bytes, aligned to 4
 */
export function writeCoefficients(engine: CurveEngine, r1cs: R1cs, section: Uint8Array<ArrayBuffer>): void {
  const words = new Uint32Array(section.buffer, section.byteOffset, section.length / 4)
  const values = twiceMontgomery(engine, r1cs.coefficients)
  const one = twiceMontgomery(engine, toLittleEndian(1n))
  words[0] = coefficientCount(r1cs)
  let at = 1
  const write = (matrix: number, row: number, wire: number, source: Uint32Array, index: number): void => {
    words[at] = matrix
    words[at + 1] = row
    words[at + 2] = wire
    for (let word = 0; word < wordsPerField; word++)
      words[at + 3 + word] = source[index * wordsPerField + word]!
    at += 3 + wordsPerField
  }
  const matrices = [r1cs.a, r1cs.b]
  for (let row = 0; row < r1cs.constraintCount; row++) {
    for (const [number, { rowOffsets, wires, coefficientIndexes }] of matrices.entries()) {
      for (let term = rowOffsets[row]!; term < rowOffsets[row + 1]!; term++) {
        write(number, row, wires[term]!, values, coefficientIndexes[term]!)
      }
    }
  }
  for (let wire = 0; wire <= r1cs.publicCount; wire++) write(0, r1cs.constraintCount + wire, wire, one, 0)
}

/** Each value times 2^512: the product with a plain witness value is then in Montgomery form. */
function twiceMontgomery(engine: CurveEngine, coefficients: Uint8Array): Uint32Array {
  const mark = engine.mark()
  const address = engine.place(coefficients)
  const count = coefficients.length / fieldBytes
  engine.operations.frm_batchToMontgomery(address, count, address)
  engine.operations.frm_batchToMontgomery(address, count, address)
  const words = new Uint32Array(engine.bytes(address, coefficients.length).slice().buffer)
  engine.release(mark)
  return words
}
