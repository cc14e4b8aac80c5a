import { ZkserveError } from '#circuits/errors.js'
import { fieldBytes, scalarModulus } from '#prover/curve/bn254.js'
import { fromLittleEndian } from '#prover/curve/bytes.js'
import type { R1cs, SparseMatrix } from '#prover/r1cs/r1cs.js'

/** The first constraint that a witness breaks. */
export interface BrokenConstraint {
  readonly constraint: number
  readonly a: bigint
  readonly b: bigint
  readonly c: bigint
}

/**
 * The first constraint that the wire values break, or undefined if they satisfy all and wire 0 is 1.
 *
 * @param witness one value a wire: bigints, or 32 bytes each, least significant first (see `readWitness`)
 * @throws ZkserveError `INVALID_CIRCUIT` if there are more or fewer values than wires, or wire 0 is not 1
 */
export function checkWitness(
  r1cs: R1cs,
  witness: readonly bigint[] | Uint8Array,
): BrokenConstraint | undefined {
  const values = witness instanceof Uint8Array ? unpack(witness) : witness
  if (values.length !== r1cs.wireCount) {
    throw new ZkserveError('INVALID_CIRCUIT', `witness has ${values.length} of ${r1cs.wireCount} values`)
  }
  if (values[0] !== 1n) throw new ZkserveError('INVALID_CIRCUIT', 'wire 0 of the witness is not 1')
  const coefficients = unpack(r1cs.coefficients).map(centred)
  const row = (matrix: SparseMatrix, constraint: number): bigint => {
    let sum = 0n
    for (let term = matrix.rowOffsets[constraint]!; term < matrix.rowOffsets[constraint + 1]!; term++) {
      sum += coefficients[matrix.coefficientIndexes[term]!]! * values[matrix.wires[term]!]!
    }
    const remainder = sum % scalarModulus
    return remainder < 0n ? remainder + scalarModulus : remainder
  }
  for (let constraint = 0; constraint < r1cs.constraintCount; constraint++) {
    const [a, b, c] = [row(r1cs.a, constraint), row(r1cs.b, constraint), row(r1cs.c, constraint)]
    if ((a * b - c) % scalarModulus !== 0n) return { constraint, a, b, c }
  }
  return undefined
}

/** Small negative numbers stay small: sums of them are quick. */
function centred(value: bigint): bigint {
  return value * 2n > scalarModulus ? value - scalarModulus : value
}

function unpack(bytes: Uint8Array): bigint[] {
  return Array.from({ length: bytes.length / fieldBytes }, (_, index) =>
    fromLittleEndian(bytes, index * fieldBytes),
  )
}
