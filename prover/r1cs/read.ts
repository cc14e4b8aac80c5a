import { fieldBytes, scalarModulus } from '#prover/curve/bn254.js'
import { fromLittleEndian } from '#prover/curve/bytes.js'
import { CoefficientTable } from '#prover/r1cs/coefficient-table.js'
import { type ContainerKind, malformed, readSections, requiredSection } from '#prover/r1cs/container.js'
import type { R1cs, SparseMatrix } from '#prover/r1cs/r1cs.js'

const kind: ContainerKind = { magic: 'r1cs', maximumVersion: 1, errorCode: 'INVALID_CIRCUIT' }
const headerBytes = 4 + fieldBytes + 4 * 4 + 8 + 4
const wordsPerField = fieldBytes / 4
const wordsPerTerm = 1 + wordsPerField

/**
 * Reads circom's `.r1cs` (iden3 binary format, version 1).
 *
 * @throws ZkserveError `INVALID_CIRCUIT` if the file is malformed, over another field, or uses custom gates
 */
export function readR1cs(bytes: Uint8Array): R1cs {
  const sections = readSections(bytes, kind)
  // Sections 4 and 5 list PLONK custom gates; Groth16 would leave them unconstrained.
  if ((sections.get(5)?.length ?? 0) > 4) throw malformed(kind, 'uses custom gates')
  const header = readHeader(requiredSection(sections, 1, kind))
  const constraints = readConstraints(requiredSection(sections, 2, kind), header)
  return { ...header, ...constraints, labels: readLabels(sections.get(3), header.wireCount) }
}

type Header = Omit<R1cs, 'a' | 'b' | 'c' | 'coefficients' | 'labels'>

function readHeader(section: Uint8Array): Header {
  if (section.length !== headerBytes) throw malformed(kind, `has a header of ${section.length} bytes`)
  const view = new DataView(section.buffer, section.byteOffset, section.length)
  if (view.getUint32(0, true) !== fieldBytes || fromLittleEndian(section, 4) !== scalarModulus) {
    throw malformed(kind, 'is not over the scalar field of BN254 (bn128)')
  }
  const [wireCount, outputCount, publicInputCount, privateInputCount] = [0, 1, 2, 3].map((index) =>
    view.getUint32(4 + fieldBytes + 4 * index, true),
  ) as [number, number, number, number]
  const constraintCount = view.getUint32(headerBytes - 4, true)
  if (1 + outputCount + publicInputCount + privateInputCount > wireCount) {
    throw malformed(kind, 'has more inputs and outputs than wires')
  }
  const publicCount = outputCount + publicInputCount
  return { constraintCount, wireCount, outputCount, publicInputCount, privateInputCount, publicCount }
}

type Constraints = Pick<R1cs, 'a' | 'b' | 'c' | 'coefficients'>

function readConstraints(section: Uint8Array, { constraintCount, wireCount }: Header): Constraints {
  const words = asWords(section)
  const table = new CoefficientTable()
  // Two passes: the first finds the sizes, so that a file cannot claim more memory than it has bytes.
  const matrices = measure(words, constraintCount)
  let at = 0
  for (let constraint = 0; constraint < constraintCount; constraint++) {
    for (const matrix of matrices) {
      const start = matrix.rowOffsets[constraint]!
      const end = start + words[at++]!
      matrix.rowOffsets[constraint + 1] = end
      for (let term = start; term < end; term++) {
        const wire = words[at]!
        if (wire >= wireCount) throw malformed(kind, `names wire ${wire} of ${wireCount}`)
        matrix.wires[term] = wire
        matrix.coefficientIndexes[term] = table.indexOf(words, at + 1)
        at += wordsPerTerm
      }
    }
  }
  const coefficients = table.toBytes()
  for (let offset = 0; offset < coefficients.length; offset += fieldBytes) {
    if (fromLittleEndian(coefficients, offset) >= scalarModulus)
      throw malformed(kind, 'has a coefficient ≥ r')
  }
  const [a, b, c] = matrices
  return { a, b, c, coefficients }
}

function measure(words: Uint32Array, constraintCount: number): [SparseMatrix, SparseMatrix, SparseMatrix] {
  if (constraintCount * 3 > words.length) throw malformed(kind, 'claims more constraints than it has bytes')
  const terms = [0, 0, 0]
  let at = 0
  for (let row = 0; row < constraintCount * 3; row++) {
    const count = words[at]
    if (count === undefined || count > words.length) throw malformed(kind, 'ends inside a constraint')
    terms[row % 3]! += count
    at += 1 + count * wordsPerTerm
  }
  if (at !== words.length) throw malformed(kind, 'has constraints of another length than the section')
  return terms.map((count) => ({
    rowOffsets: new Uint32Array(constraintCount + 1),
    wires: new Uint32Array(count),
    coefficientIndexes: new Uint32Array(count),
  })) as unknown as [SparseMatrix, SparseMatrix, SparseMatrix]
}

/** Little-endian words, without a copy where the bytes happen to be aligned. */
function asWords(section: Uint8Array): Uint32Array {
  if (section.length % 4 !== 0) throw malformed(kind, 'has constraints that end inside a word')
  const aligned = section.byteOffset % 4 === 0 ? section : section.slice()
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4)
}

function readLabels(section: Uint8Array | undefined, wireCount: number): Float64Array {
  if (section === undefined) return new Float64Array(0)
  if (section.length !== wireCount * 8) throw malformed(kind, 'has labels for another number of wires')
  const view = new DataView(section.buffer, section.byteOffset, section.length)
  return Float64Array.from({ length: wireCount }, (_, wire) => Number(view.getBigUint64(wire * 8, true)))
}
