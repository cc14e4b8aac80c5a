import { randomBytes } from 'node:crypto'
import { fieldBytes, scalarModulus } from '#prover/curve/bn254.js'
import { fromLittleEndian, toLittleEndian } from '#prover/curve/bytes.js'
import { CurveEngine } from '#prover/curve/engine.js'
import type { VerificationKey } from '#prover/groth16.js'
import { readZkeySizes, verificationKeyFromZkey } from '#prover/key/from-zkey.js'
import { lintVerificationKey } from '#prover/key/lint.js'
import { keyError } from '#prover/key/parse.js'
import {
  coefficientBytes,
  g1Bytes,
  g2Bytes,
  zkeyHeader,
  zkeyKind,
  zkeySection,
} from '#prover/key/zkey-format.js'
import { toOddCoset } from '#prover/native/reference/transform.js'
import { readSections } from '#prover/r1cs/container.js'
import type { R1cs, SparseMatrix } from '#prover/r1cs/r1cs.js'
import { domainSizeOf } from '#prover/setup/domain.js'
import { weightedSum } from '#prover/setup/weighted-sum.js'
import { coefficientCount, writeCoefficients } from '#prover/setup/zkey-coefficients.js'

/** Bytes of a random weight: a key that does not hold passes a check with a chance of 2^−128. */
const weightBytes = 16

/**
 * Checks a key against its circuit as far as that goes without powers of tau, by pairings over random sums:
 *
 * - sizes and coefficients are the circuit's, the verifying key is the zkey's and passes the lint;
 * - β and δ are the same in G1 and in G2, and so is B of all wires;
 * - B and H have the same τ: e(Σ H, B) = e(Σ_i B(x_i)·H_i, G2), since Σ_i f(x_i)·H_i = f(τ)(1 − τ^N)/(2δ);
 * - K of the wires that are not in C is (β·A + α·B), over δ for private ones.
 *
 * A and K of the other wires are left to a proof: it verifies only if they hold. snarkjs' `zkey verify` makes all
 * points again from the powers of tau, where there are any.
 *
 * @throws ZkserveError `INVALID_KEY`
 */
export function checkZkey(zkey: Uint8Array, r1cs: R1cs, verificationKey: VerificationKey): void {
  const sizes = readZkeySizes(zkey)
  const { wireCount, publicCount } = r1cs
  const domainSize = domainSizeOf(r1cs)
  if (sizes.wireCount !== wireCount || sizes.publicCount !== publicCount || sizes.domainSize !== domainSize) {
    throw refused('is for a circuit of another size')
  }
  const engine = new CurveEngine()
  const sections = readSections(zkey, zkeyKind)
  const section = (type: number): Uint8Array => sections.get(type)!
  const expected = new Uint8Array(4 + coefficientCount(r1cs) * coefficientBytes)
  writeCoefficients(engine, r1cs, expected)
  if (Buffer.compare(section(zkeySection.coefficients), expected) !== 0) {
    throw refused('has other coefficients than the circuit')
  }
  if (JSON.stringify(verificationKeyFromZkey(zkey)) !== JSON.stringify(verificationKey)) {
    throw refused('has another verifying key')
  }
  lintVerificationKey(verificationKey, { publicCount })

  const header = section(zkeySection.header)
  const one = toLittleEndian(1n)
  const g1 = (points: Uint8Array, scalars: Uint8Array): number => weightedSum(engine, 'g1', points, scalars)
  const g2 = (points: Uint8Array, scalars: Uint8Array): number => weightedSum(engine, 'g2', points, scalars)
  const single1 = (at: number): number => g1(header.slice(at, at + g1Bytes), one)
  const single2 = (at: number): number => g2(header.slice(at, at + g2Bytes), one)
  const [alpha1, beta1, delta1] = [zkeyHeader.alpha1, zkeyHeader.beta1, zkeyHeader.delta1].map(
    single1,
  ) as Three
  const [beta2, gamma2, delta2] = [zkeyHeader.beta2, zkeyHeader.gamma2, zkeyHeader.delta2].map(
    single2,
  ) as Three
  const base1 = g1(engine.bytes(engine.g1Generator, g1Bytes).slice(), one)
  const base2 = g2(engine.bytes(engine.g2Generator, g2Bytes).slice(), one)
  /** Whether e(p, q) = e(r, s). */
  const same = (p: number, q: number, r: number, s: number): boolean => {
    const negated = engine.place(engine.bytes(r, 1.5 * g1Bytes).slice())
    engine.operations.g1m_neg(negated, negated)
    return productIsOne(engine, [
      [p, q],
      [negated, s],
    ])
  }
  if (!same(beta1, base2, base1, beta2)) throw refused('has another β in G1 than in G2')
  if (!same(delta1, base2, base1, delta2)) throw refused('has another δ in G1 than in G2')

  const weights = randomWeights(wireCount, () => true)
  const b2 = g2(section(zkeySection.b2), weights)
  if (!same(g1(section(zkeySection.b1), weights), base2, base1, b2))
    throw refused('has another B in G1 than in G2')
  const h = section(zkeySection.h)
  const ones = new Uint8Array(domainSize * fieldBytes).map((_, i) => (i % fieldBytes === 0 ? 1 : 0))
  const values = toOddCoset(weightedRows(r1cs, r1cs.b, weights, domainSize))
  if (!same(g1(h, ones), b2, g1(h, packed(values)), base2)) throw refused('has H that do not belong to B')

  const isInC = new Set(r1cs.c.wires)
  const k = new Uint8Array([...section(zkeySection.publicPoints), ...section(zkeySection.c)])
  for (const [name, isPublic, divisor] of [
    ['public', true, gamma2],
    ['private', false, delta2],
  ] as const) {
    const chosen = randomWeights(wireCount, (wire) => !isInC.has(wire) && wire <= publicCount === isPublic)
    const sum = g1(k, chosen)
    engine.operations.g1m_neg(sum, sum)
    const a = g1(section(zkeySection.a), chosen)
    const b = g2(section(zkeySection.b2), chosen)
    const pairs: Pair[] = [
      [a, beta2],
      [alpha1, b],
      [sum, divisor],
    ]
    if (!productIsOne(engine, pairs)) throw refused(`has points of ${name} wires that do not fit A and B`)
  }
}

type Pair = readonly [g1: number, g2: number]

/** Whether the pairings' product is 1; those with infinity are 1. */
function productIsOne(engine: CurveEngine, pairs: readonly Pair[]): boolean {
  const { g1m_isZero, g2m_isZero, bn128_pairingEq2, bn128_pairingEq3 } = engine.operations
  const finite = pairs.filter(([p, q]) => g1m_isZero(p) === 0 && g2m_isZero(q) === 0)
  if (finite.length < 2) return finite.length === 0
  const check = finite.length === 2 ? bn128_pairingEq2 : bn128_pairingEq3
  return check(...finite.flat(), engine.targetOne) === 1
}

type Three = [number, number, number]

/** A random weight for every wire of the kind, 0 for others; 32 bytes each. */
function randomWeights(count: number, isWeighted: (wire: number) => boolean): Uint8Array {
  const weights = new Uint8Array(count * fieldBytes)
  for (let wire = 0; wire < count; wire++) {
    if (isWeighted(wire)) weights.set(randomBytes(weightBytes), wire * fieldBytes)
  }
  return weights
}

/** The rows of a matrix times the weights of the wires. */
function weightedRows(
  { constraintCount, coefficients }: R1cs,
  { rowOffsets, wires, coefficientIndexes }: SparseMatrix,
  weights: Uint8Array,
  domainSize: number,
): bigint[] {
  const rows = new Array<bigint>(domainSize).fill(0n)
  for (let row = 0; row < constraintCount; row++) {
    let sum = 0n
    for (let term = rowOffsets[row]!; term < rowOffsets[row + 1]!; term++) {
      const weight = fromLittleEndian(weights, wires[term]! * fieldBytes)
      sum += weight * fromLittleEndian(coefficients, coefficientIndexes[term]! * fieldBytes)
    }
    rows[row] = sum % scalarModulus
  }
  return rows
}

function packed(values: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(values.length * fieldBytes)
  for (const [index, value] of values.entries()) bytes.set(toLittleEndian(value), index * fieldBytes)
  return bytes
}

function refused(what: string): Error {
  return keyError('shape', `the proving key ${what}`)
}
