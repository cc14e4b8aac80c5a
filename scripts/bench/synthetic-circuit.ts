import { scalarModulus } from '#prover/curve/bn254.js'
import { toLittleEndian } from '#prover/curve/bytes.js'
import type { R1cs, SparseMatrix } from '#prover/r1cs/r1cs.js'
import { packWitness } from '#prover/r1cs/witness.js'

/** Constraints of a neuron: bits, and one weighted sum over bits that a bit lets through, as a ReLU does. */
const constraintsPerNeuron = 29
const fanIn = 64
const publicCount = 4

/**
 * A circuit with the shape of an 8-bit network, and a witness for it (32 bytes a wire): half zeros, 48 % ones, 2 %
 * other numbers, all below 2^16.
 *
 * Bits: b · (b − 1) = 0. Neurons: (Σ w·b) · b′ = out, weights from −127 to 127.
 */
export function syntheticCircuit(constraintCount: number): { r1cs: R1cs; witness: Uint8Array } {
  const random = generator()
  const neurons = Math.floor(constraintCount / constraintsPerNeuron)
  const bits = constraintCount - neurons
  const [a, b, c] = [
    new MatrixWriter(constraintCount, bits + neurons * fanIn),
    new MatrixWriter(constraintCount, 2 * bits + neurons),
    new MatrixWriter(constraintCount, neurons),
  ]
  const values = new Int32Array(1 + publicCount + constraintCount)
  values[0] = 1
  for (let wire = 1; wire <= publicCount; wire++) values[wire] = random(1 << 16)
  for (let row = 0; row < constraintCount; row++) {
    const wire = 1 + publicCount + row
    if (!isNeuron(row)) {
      values[wire] = random(2)
      a.add(wire, 1)
      b.add(wire, 1)
      b.add(0, -1)
    } else {
      let sum = 0
      for (let term = 0; term < fanIn; term++) {
        const bit = 1 + publicCount + bitBefore(row, random)
        const weight = random(255) - 127
        a.add(bit, weight)
        sum += weight * values[bit]!
      }
      const gate = 1 + publicCount + bitBefore(row, random)
      b.add(gate, 1)
      c.add(wire, 1)
      values[wire] = sum * values[gate]!
    }
    for (const matrix of [a, b, c]) matrix.endRow()
  }
  const r1cs: R1cs = {
    constraintCount,
    wireCount: values.length,
    outputCount: 0,
    publicInputCount: publicCount,
    privateInputCount: 0,
    publicCount,
    a: a.matrix,
    b: b.matrix,
    c: c.matrix,
    coefficients: coefficientBytes(),
    labels: new Float64Array(0),
  }
  const field = Array.from(values, (value) => (value < 0 ? scalarModulus + BigInt(value) : BigInt(value)))
  return { r1cs, witness: packWitness(field) }
}

/** Numerical Recipes' linear congruence; its upper bits, since the lower ones repeat soon. */
function generator(): (bound: number) => number {
  let state = 1
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}

const isNeuron = (row: number): boolean => row % constraintsPerNeuron === constraintsPerNeuron - 1

/** A row before this one that makes a bit. */
function bitBefore(row: number, random: (bound: number) => number): number {
  const chosen = random(row)
  return isNeuron(chosen) ? chosen - 1 : chosen
}

class MatrixWriter {
  readonly matrix: SparseMatrix
  #terms = 0
  #rows = 0

  constructor(rows: number, terms: number) {
    this.matrix = {
      rowOffsets: new Uint32Array(rows + 1),
      wires: new Uint32Array(terms),
      coefficientIndexes: new Uint32Array(terms),
    }
  }

  add(wire: number, coefficient: number): void {
    this.matrix.wires[this.#terms] = wire
    this.matrix.coefficientIndexes[this.#terms++] = coefficient + 127
  }

  endRow(): void {
    this.matrix.rowOffsets[++this.#rows] = this.#terms
  }
}

/** Coefficients −127 … 127, so that the index of one is itself plus 127. */
function coefficientBytes(): Uint8Array<ArrayBuffer> {
  const values = Array.from({ length: 255 }, (_, index) => BigInt(index - 127))
  const bytes = new Uint8Array(values.length * 32)
  for (const [index, value] of values.entries()) {
    bytes.set(toLittleEndian(value < 0n ? value + scalarModulus : value), index * 32)
  }
  return bytes
}
