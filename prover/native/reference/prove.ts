import { Fr } from './field.js'
import { add, G1, G2, type Group, multiply, type Point } from './group.js'
import type { ReferenceKey } from './key.js'
import { toOddCoset } from './transform.js'

/** A proof's points: A and C in G1, B in G2. */
export interface ReferenceProof {
  readonly a: Point<bigint>
  readonly b: Point<readonly [bigint, bigint]>
  readonly c: Point<bigint>
}

/** Rows of A (0) or B (1) times the witness, one value a row of the domain. */
export function multiplyRows(key: ReferenceKey, matrix: number, witness: readonly bigint[]): bigint[] {
  const rows = new Array<bigint>(key.domainSize).fill(0n)
  for (const { matrix: of, row, wire, value } of key.coefficients) {
    if (of === matrix) rows[row] = Fr.add(rows[row]!, Fr.multiply(value, witness[wire]!))
  }
  return rows
}

/**
 * A Groth16 proof (ePrint 2016/260, section 3.2) from a key as snarkjs writes it: its H points hold the Lagrange
 * polynomials of the odd roots of unity of order 2N, so that the quotient enters by its values a·b − c there.
 *
 * @param witness a value below r for each wire, the first 1
 * @param blinding r and s of the paper, below the order
 */
export function proveReference(
  key: ReferenceKey,
  witness: readonly bigint[],
  [r, s]: readonly [bigint, bigint],
): ReferenceProof {
  const [rowsA, rowsB] = [multiplyRows(key, 0, witness), multiplyRows(key, 1, witness)]
  const rowsC = rowsA.map((value, row) => Fr.multiply(value, rowsB[row]!))
  const [a, b, c] = [rowsA, rowsB, rowsC].map(toOddCoset) as [bigint[], bigint[], bigint[]]
  const quotient = a.map((value, i) => Fr.subtract(Fr.multiply(value, b[i]!), c[i]!))

  const piA = sum(G1, key.alpha1, multiply(G1, key.a, witness), multiply(G1, [key.delta1], [r]))
  const piB1 = sum(G1, key.beta1, multiply(G1, key.b1, witness), multiply(G1, [key.delta1], [s]))
  const piB = sum(G2, key.beta2, multiply(G2, key.b2, witness), multiply(G2, [key.delta2], [s]))
  const privateWitness = witness.slice(key.publicCount + 1)
  const piC = sum(
    G1,
    multiply(G1, key.c, privateWitness),
    multiply(G1, key.h, quotient),
    multiply(G1, [piA, piB1, key.delta1], [s, r, Fr.subtract(0n, Fr.multiply(r, s))]),
  )
  return { a: piA, b: piB, c: piC }
}

function sum<Value>(group: Group<Value>, ...points: readonly Point<Value>[]): Point<Value> {
  return points.reduce((total, point) => add(group, total, point), null)
}
