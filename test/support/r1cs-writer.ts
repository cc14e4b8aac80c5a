import { fieldBytes, scalarModulus } from '#prover/curve/bn254.js'
import { toLittleEndian } from '#prover/curve/bytes.js'
import { layoutSections } from '#prover/r1cs/container.js'

/** A sum of wires times coefficients; coefficients may be negative. */
export type LinearCombination = readonly (readonly [wire: number, coefficient: bigint])[]

/** (a) · (b) = (c) */
export type Constraint = readonly [a: LinearCombination, b: LinearCombination, c: LinearCombination]

export interface SmallCircuit {
  readonly wireCount: number
  readonly outputCount: number
  readonly publicInputCount: number
  readonly privateInputCount: number
  readonly constraints: readonly Constraint[]
}

/** The circuit as bytes of a `.r1cs` file. */
export function writeR1cs(circuit: SmallCircuit): Uint8Array<ArrayBuffer> {
  const rows = circuit.constraints.flat().map(packCombination)
  const { bytes, sections } = layoutSections('r1cs', 1, [
    [2, rows.reduce((sum, row) => sum + row.length, 0)],
    [1, 4 + fieldBytes + 28],
    [3, circuit.wireCount * 8],
  ])
  let at = 0
  for (const row of rows) {
    sections.get(2)!.set(row, at)
    at += row.length
  }
  const header = sections.get(1)!
  const view = new DataView(header.buffer, header.byteOffset, header.length)
  view.setUint32(0, fieldBytes, true)
  header.set(toLittleEndian(scalarModulus), 4)
  const { wireCount, outputCount, publicInputCount, privateInputCount } = circuit
  for (const [index, count] of [wireCount, outputCount, publicInputCount, privateInputCount].entries()) {
    view.setUint32(4 + fieldBytes + 4 * index, count, true)
  }
  view.setBigUint64(fieldBytes + 20, BigInt(wireCount), true)
  view.setUint32(fieldBytes + 28, circuit.constraints.length, true)
  const labels = sections.get(3)!
  const labelView = new DataView(labels.buffer, labels.byteOffset, labels.length)
  for (let wire = 0; wire < wireCount; wire++) labelView.setBigUint64(wire * 8, BigInt(wire), true)
  return bytes
}

function packCombination(combination: LinearCombination): Uint8Array {
  const bytes = new Uint8Array(4 + combination.length * (4 + fieldBytes))
  const view = new DataView(bytes.buffer)
  view.setUint32(0, combination.length, true)
  for (const [index, [wire, coefficient]] of combination.entries()) {
    const at = 4 + index * (4 + fieldBytes)
    view.setUint32(at, wire, true)
    bytes.set(toLittleEndian(((coefficient % scalarModulus) + scalarModulus) % scalarModulus), at + 4)
  }
  return bytes
}
