/**
 * One sparse matrix of a constraint system, row after row: the terms of constraint c are those at
 * `rowOffsets[c]` to `rowOffsets[c + 1] - 1`.
 */
export interface SparseMatrix {
  /** Length constraintCount + 1, ascending from 0. */
  readonly rowOffsets: Uint32Array
  /** Wire of each term, below wireCount. */
  readonly wires: Uint32Array
  /** Index of each term's coefficient in {@link R1cs.coefficients}. */
  readonly coefficientIndexes: Uint32Array
}

/**
 * A rank-1 constraint system over the scalar field of BN254: (A·w) ∘ (B·w) = C·w.
 *
 * Wire 0 is the constant 1, then come outputs, public inputs, private inputs, and the rest.
 */
export interface R1cs {
  readonly constraintCount: number
  readonly wireCount: number
  readonly outputCount: number
  readonly publicInputCount: number
  readonly privateInputCount: number
  /** Public signals: outputs and public inputs, wires 1 to publicCount. */
  readonly publicCount: number
  readonly a: SparseMatrix
  readonly b: SparseMatrix
  readonly c: SparseMatrix
  /** The distinct coefficients, 32 bytes each, least significant first, below r. */
  readonly coefficients: Uint8Array<ArrayBuffer>
  /** Circom's label (line of the .sym file) of each wire; empty if the file gives none. */
  readonly labels: Float64Array
}
