import { fieldBytes } from '#prover/curve/bn254.js'
import { fromLittleEndian } from '#prover/curve/bytes.js'
import type { R1cs, SparseMatrix } from '#prover/r1cs/r1cs.js'
import type { AffineForm, Coefficients } from '#prover/witness/plan/forms.js'

/** The wires of each constraint and the constraints of each wire, as lists one after the other. */
export interface Incidence {
  readonly starts: Uint32Array
  readonly items: Uint32Array
}

/** A constraint system as the planner reads it: rows as affine forms, and which wires stand where. */
export class ConstraintSystem {
  /** Distinct wires of each constraint but wire 0. */
  readonly wiresOf: Incidence
  readonly constraintsOf: Incidence
  /** Coefficients of the r1cs by index there. */
  readonly #factors: Uint32Array

  constructor(
    readonly r1cs: R1cs,
    readonly coefficients: Coefficients,
  ) {
    this.#factors = Uint32Array.from({ length: r1cs.coefficients.length / fieldBytes }, (_, index) =>
      coefficients.indexOf(fromLittleEndian(r1cs.coefficients, index * fieldBytes)),
    )
    this.wiresOf = distinctWires(r1cs)
    this.constraintsOf = transpose(this.wiresOf, r1cs.wireCount)
  }

  /** Row of one matrix: its terms by ascending wire, the coefficient of wire 0 as the constant. */
  row(matrix: SparseMatrix, constraint: number): AffineForm {
    const [start, end] = [matrix.rowOffsets[constraint]!, matrix.rowOffsets[constraint + 1]!]
    let constant = this.coefficients.indexOf(0n)
    let wires: number[] = []
    let factors: number[] = []
    let isSorted = true
    for (let term = start; term < end; term++) {
      const wire = matrix.wires[term]!
      const factor = this.#factors[matrix.coefficientIndexes[term]!]!
      if (wire === 0) constant = factor
      else {
        if (wires.length > 0 && wire <= wires.at(-1)!) isSorted = false
        wires.push(wire)
        factors.push(factor)
      }
    }
    if (!isSorted) {
      const order = wires.map((_, k) => k).sort((k, l) => wires[k]! - wires[l]!)
      ;[wires, factors] = [order.map((k) => wires[k]!), order.map((k) => factors[k]!)]
    }
    return { wires, factors, constant }
  }

  isEmpty(matrix: SparseMatrix, constraint: number): boolean {
    return matrix.rowOffsets[constraint] === matrix.rowOffsets[constraint + 1]
  }
}

function distinctWires({ a, b, c, constraintCount, wireCount }: R1cs): Incidence {
  const items = new Uint32Array(a.wires.length + b.wires.length + c.wires.length)
  const starts = new Uint32Array(constraintCount + 1)
  const seenIn = new Int32Array(wireCount).fill(-1)
  let count = 0
  for (let constraint = 0; constraint < constraintCount; constraint++) {
    for (const { rowOffsets, wires } of [a, b, c]) {
      for (let term = rowOffsets[constraint]!; term < rowOffsets[constraint + 1]!; term++) {
        const wire = wires[term]!
        if (wire === 0 || seenIn[wire] === constraint) continue
        seenIn[wire] = constraint
        items[count++] = wire
      }
    }
    starts[constraint + 1] = count
  }
  return { starts, items: items.slice(0, count) }
}

function transpose({ starts, items }: Incidence, columns: number): Incidence {
  const ends = new Uint32Array(columns + 1)
  for (const column of items) ends[column + 1]!++
  for (let column = 0; column < columns; column++) ends[column + 1]! += ends[column]!
  const transposed = new Uint32Array(items.length)
  const next = ends.slice()
  for (let row = 0; row + 1 < starts.length; row++) {
    for (let at = starts[row]!; at < starts[row + 1]!; at++) transposed[next[items[at]!]!++] = row
  }
  return { starts: ends, items: transposed }
}
