import { bn254 } from '@noble/curves/bn254'
import { scalarModulus } from '#prover/curve/bn254.js'
import { Fr, power } from '#prover/native/reference/field.js'
import { rootOfOrder } from '#prover/native/reference/transform.js'
import type { SmallCircuit } from './r1cs-writer.js'
import { evaluate } from './random-circuit.js'
import type { ReferenceSecrets } from './reference-setup.js'

/** Logarithms of a proof's points to the generators, which only who knows a set-up's secrets can tell. */
export interface ProofExponents {
  readonly a: bigint
  readonly b: bigint
  readonly c: bigint
  /** Whether the proof satisfies the verifier's equation A·B = α·β + Σ public·K + C·δ. */
  readonly isValid: boolean
}

/**
 * What a prover must make of a witness, honest or not, straight from the paper (ePrint 2016/260, section 3.2) with
 * γ = 1 and snarkjs' rows for the public signals; the products of A and B stand in for C, as provers have it.
 */
export function proofExponents(
  { constraints, outputCount, publicInputCount }: SmallCircuit,
  { tau, alpha, beta, delta }: ReferenceSecrets,
  witness: readonly bigint[],
  [r, s]: readonly [bigint, bigint],
): ProofExponents {
  const publics = outputCount + publicInputCount
  const rows = constraints.length + publics + 1
  const lagrange = lagrangeAt(tau, Math.max(1, Math.ceil(Math.log2(rows))))
  const column = (matrix: 0 | 1 | 2, values: readonly bigint[]): bigint[] => [
    ...constraints.map((constraint) => evaluate(constraint[matrix], values)),
    ...(matrix === 0 ? values.slice(0, publics + 1) : []),
  ]
  const at = (values: readonly bigint[]): bigint =>
    values.reduce((sum, value, row) => modulo(sum + value * lagrange[row]!), 0n)
  const [rowsA, rowsB] = [column(0, witness), column(1, witness)]
  const [sumA, sumB] = [at(rowsA), at(rowsB)]
  const products = at(rowsA.map((value, row) => value * (rowsB[row] ?? 0n)))

  const combined = (values: readonly bigint[]): bigint =>
    modulo(beta * at(column(0, values)) + alpha * at(column(1, values)) + at(column(2, values)))
  const inputs = combined(witness.map((value, wire) => (wire <= publics ? value : 0n)))
  const hidden = combined(witness.map((value, wire) => (wire <= publics ? 0n : value)))
  const a = modulo(alpha + sumA + r * delta)
  const b = modulo(beta + sumB + s * delta)
  const quotient = (hidden + sumA * sumB - products) * Fr.invert(delta)
  const c = modulo(quotient + a * s + b * r - r * s * delta)
  return { a, b, c, isValid: modulo(a * b - alpha * beta - inputs - c * delta) === 0n }
}

/** The points as coordinates A.x, A.y, B.x (2), B.y (2), C.x, C.y; zeros for the neutral element. */
export function proofCoordinates({ a, b, c }: ProofExponents): bigint[] {
  const g1 = (exponent: bigint): bigint[] => {
    if (exponent === 0n) return [0n, 0n]
    const { x, y } = bn254.G1.ProjectivePoint.BASE.multiply(exponent).toAffine()
    return [x, y]
  }
  const g2 = (exponent: bigint): bigint[] => {
    if (exponent === 0n) return [0n, 0n, 0n, 0n]
    const { x, y } = bn254.G2.ProjectivePoint.BASE.multiply(exponent).toAffine()
    return [x.c0, x.c1, y.c0, y.c1]
  }
  return [...g1(a), ...g2(b), ...g1(c)]
}

/** The Lagrange polynomials of the roots of unity of order 2^exponent, at a point that is none of them. */
function lagrangeAt(point: bigint, exponent: number): bigint[] {
  const root = rootOfOrder(exponent)
  const size = 2n ** BigInt(exponent)
  const vanishing = Fr.multiply(modulo(power(Fr, point, size) - 1n), Fr.invert(size))
  let each = 1n
  return Array.from({ length: Number(size) }, () => {
    const value = Fr.multiply(Fr.multiply(vanishing, each), Fr.invert(modulo(point - each)))
    each = Fr.multiply(each, root)
    return value
  })
}

function modulo(value: bigint): bigint {
  return ((value % scalarModulus) + scalarModulus) % scalarModulus
}
