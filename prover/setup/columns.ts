import { fieldBytes, scalarModulus } from '#prover/curve/bn254.js'
import { fromLittleEndian } from '#prover/curve/bytes.js'
import type { CurveEngine } from '#prover/curve/engine.js'
import type { SparseMatrix } from '#prover/r1cs/r1cs.js'

/** The distinct coefficients of a circuit in an engine. */
export interface PlacedCoefficients {
  /** Address of the coefficients in Montgomery form. */
  readonly address: number
  /** 1 and −1 for coefficients that are so, 0 for others. */
  readonly signs: Int8Array
}

/** Reserves the coefficients (32 bytes each, least significant first) in the engine. */
export function placeCoefficients(engine: CurveEngine, coefficients: Uint8Array): PlacedCoefficients {
  const count = coefficients.length / fieldBytes
  const signs = Int8Array.from({ length: count }, (_, index) => {
    const value = fromLittleEndian(coefficients, index * fieldBytes)
    return value === 1n ? 1 : value === scalarModulus - 1n ? -1 : 0
  })
  const address = engine.place(coefficients)
  engine.operations.frm_batchToMontgomery(address, count, address)
  return { address, signs }
}

/**
 * The column polynomials of a matrix at τ: for every wire Σ_c M[c][wire] · L_c(τ).
 *
 * @param lagrange address of L_c(τ) for every constraint, in Montgomery form
 * @returns address of one value a wire, in Montgomery form
 */
export function columnsAt(
  engine: CurveEngine,
  matrix: SparseMatrix,
  coefficients: PlacedCoefficients,
  lagrange: number,
  wireCount: number,
): number {
  const { frm_add, frm_sub, frm_mul } = engine.operations
  const columns = engine.reserve(wireCount * fieldBytes)
  engine.bytes(columns, wireCount * fieldBytes).fill(0)
  const product = engine.reserve(fieldBytes)
  const { rowOffsets, wires, coefficientIndexes } = matrix
  for (let row = 0; row + 1 < rowOffsets.length; row++) {
    const weight = lagrange + row * fieldBytes
    for (let term = rowOffsets[row]!; term < rowOffsets[row + 1]!; term++) {
      const column = columns + wires[term]! * fieldBytes
      const coefficient = coefficientIndexes[term]!
      const sign = coefficients.signs[coefficient]!
      if (sign === 1) frm_add(column, weight, column)
      else if (sign === -1) frm_sub(column, weight, column)
      else {
        frm_mul(weight, coefficients.address + coefficient * fieldBytes, product)
        frm_add(column, product, column)
      }
    }
  }
  return columns
}
