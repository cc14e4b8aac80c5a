import { scalarModulus } from '#prover/curve/bn254.js'
import { toLittleEndian } from '#prover/curve/bytes.js'
import type { R1cs, SparseMatrix } from '#prover/r1cs/r1cs.js'
import { packWitness } from '#prover/r1cs/witness.js'

/** Every so many constraints one is a weighted sum over bits, as a quantised neuron is; the others make bits. */
const constraintsPerNeuron = 25
const fanIn = 400
const publicCount = 4

type Term = readonly [wire: number, coefficient: number]

/**
 * A circuit with the shape of a quantised network, and a witness for it (32 bytes a wire).
 *
 * Bits: b · (b − 1) = 0. Neurons: (Σ w·b) · 1 = out, weights from −127 to 127.
 */
export function syntheticCircuit(constraintCount: number): { r1cs: R1cs; witness: Uint8Array } {
  let state = 1
  const random = (bound: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state % bound
  }
  const rows: [a: Term[], b: Term[], c: Term[]][] = []
  const witness = [1n, ...Array.from({ length: publicCount }, () => BigInt(random(1 << 30)))]
  const bits: number[] = []
  for (let row = 0; row < constraintCount; row++) {
    const wire = witness.length
    if (row % constraintsPerNeuron !== constraintsPerNeuron - 1) {
      bits.push(wire)
      witness.push(BigInt(random(1 << 16) & 1))
      rows.push([
        [[wire, 1]],
        [
          [wire, 1],
          [0, -1],
        ],
        [],
      ])
      continue
    }
    const terms = Array.from({ length: fanIn }, (): Term => [bits[random(bits.length)]!, random(255) - 127])
    const sum = terms.reduce((total, [bit, weight]) => total + weight * Number(witness[bit]), 0)
    witness.push(sum < 0 ? scalarModulus + BigInt(sum) : BigInt(sum))
    rows.push([terms, [[0, 1]], [[wire, 1]]])
  }
  const r1cs: R1cs = {
    constraintCount,
    wireCount: witness.length,
    outputCount: 0,
    publicInputCount: publicCount,
    privateInputCount: 0,
    publicCount,
    a: sparse(rows.map(([a]) => a)),
    b: sparse(rows.map(([, b]) => b)),
    c: sparse(rows.map(([, , c]) => c)),
    coefficients: coefficientBytes(),
    labels: new Float64Array(0),
  }
  return { r1cs, witness: packWitness(witness) }
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

function sparse(rows: readonly (readonly Term[])[]): SparseMatrix {
  const terms = rows.flat()
  const rowOffsets = new Uint32Array(rows.length + 1)
  for (const [index, row] of rows.entries()) rowOffsets[index + 1] = rowOffsets[index]! + row.length
  return {
    rowOffsets,
    wires: Uint32Array.from(terms, ([wire]) => wire),
    coefficientIndexes: Uint32Array.from(terms, ([, coefficient]) => coefficient + 127),
  }
}
