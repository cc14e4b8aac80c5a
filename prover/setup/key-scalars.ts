import { fieldBytes } from '#prover/curve/bn254.js'
import type { CurveEngine } from '#prover/curve/engine.js'
import type { R1cs } from '#prover/r1cs/r1cs.js'
import { columnsAt, placeCoefficients } from '#prover/setup/columns.js'
import { rowCount } from '#prover/setup/domain.js'
import { lagrangeAt } from '#prover/setup/lagrange.js'
import type { Secrets } from '#prover/setup/secrets.js'

/**
 * Discrete logarithms of all points of a key, 32 bytes each, least significant first. Secret: whoever has them
 * can forge proofs.
 *
 * - `g1`: α, β, δ; A of every wire; B of every wire; K of every wire, which is (β·A + α·B + C), over δ for
 *   private ones (γ = 1); H of every point of the domain; Q of every wire, see `QuotientPoints`; where asked for, κ
 *   times K of the last public wires.
 * - `g2`: β, δ; B of every wire; where asked for, κ.
 */
export interface KeyScalars {
  readonly g1: Uint8Array<ArrayBuffer>
  readonly g2: Uint8Array<ArrayBuffer>
}

/** Scalars in front of the wires': α, β, δ in G1 and β, δ in G2. */
export const leadingG1 = 3
export const leadingG2 = 2

/**
 * The scalars of a Groth16 key of the circuit.
 *
 * @param committed public wires, the last ones, for which a commitment key is made; 0 for none
 *
 * Source: Groth, "On the size of pairing-based non-interactive arguments", ePrint 2016/260, section 3.2; H as in
 * snarkjs: Lagrange polynomials of the odd points of the doubled domain, over δ.
 */
export function keyScalars(
  engine: CurveEngine,
  r1cs: R1cs,
  domainSize: number,
  secrets: Secrets,
  committed = 0,
): KeyScalars {
  const { frm_inverse, frm_mul } = engine.operations
  const inverseDelta = engine.reserve(fieldBytes)
  frm_inverse(secrets.delta, inverseDelta)
  const { a, b, k, q } = wireScalars(engine, r1cs, domainSize, secrets, inverseDelta)
  const h = quotientScalars(engine, domainSize, secrets.tau, inverseDelta)
  const wires = r1cs.wireCount
  const single = (address: number): readonly [number, number] => [address, 1]
  const shifted = engine.reserve(committed * fieldBytes)
  const firstCommitted = k + (r1cs.publicCount + 1 - committed) * fieldBytes
  for (let at = 0; at < committed * fieldBytes; at += fieldBytes) {
    frm_mul(secrets.kappa!, firstCommitted + at, shifted + at)
  }
  return {
    g1: collect(engine, [
      single(secrets.alpha),
      single(secrets.beta),
      single(secrets.delta),
      [a, wires],
      [b, wires],
      [k, wires],
      [h, domainSize],
      [q, wires],
      [shifted, committed],
    ]),
    g2: collect(engine, [
      single(secrets.beta),
      single(secrets.delta),
      [b, wires],
      ...(secrets.kappa === null ? [] : [single(secrets.kappa)]),
    ]),
  }
}

function wireScalars(
  engine: CurveEngine,
  r1cs: R1cs,
  domainSize: number,
  { tau, alpha, beta }: Secrets,
  inverseDelta: number,
): { a: number; b: number; k: number; q: number } {
  const { frm_add, frm_mul } = engine.operations
  const count = rowCount(r1cs)
  const lagrange = lagrangeAt(engine, tau, { domainSize, first: 0, stride: 1, count })
  const coefficients = placeCoefficients(engine, r1cs.coefficients)
  // K starts as C.
  const [a, b, k] = [r1cs.a, r1cs.b, r1cs.c].map((matrix) =>
    columnsAt(engine, matrix, coefficients, lagrange, r1cs.wireCount),
  ) as [number, number, number]
  for (let wire = 0; wire <= r1cs.publicCount; wire++) {
    const column = a + wire * fieldBytes
    frm_add(column, lagrange + (r1cs.constraintCount + wire) * fieldBytes, column)
  }
  const shares = quotientShares(engine, tau, domainSize, inverseDelta)
  const q = engine.reserve(r1cs.wireCount * fieldBytes)
  const sum = engine.reserve(fieldBytes)
  const product = engine.reserve(fieldBytes)
  for (let at = 0; at < r1cs.wireCount * fieldBytes; at += fieldBytes) {
    const isPublic = at <= r1cs.publicCount * fieldBytes
    frm_mul(beta, a + at, sum)
    frm_mul(alpha, b + at, product)
    frm_add(sum, product, sum)
    frm_mul(k + at, isPublic ? shares.ofPublic : shares.ofPrivate, q + at)
    frm_add(k + at, sum, k + at)
    if (isPublic) continue
    frm_add(q + at, sum, q + at)
    frm_mul(k + at, inverseDelta, k + at)
    frm_mul(q + at, inverseDelta, q + at)
  }
  return { a, b, k, q }
}

/** What C of a wire is multiplied by in Q: (τ^N + 1)/2, then divided by δ with the rest, and (τ^N − 1)/(2δ). */
function quotientShares(
  engine: CurveEngine,
  tau: number,
  domainSize: number,
  inverseDelta: number,
): { ofPrivate: number; ofPublic: number } {
  const { frm_add, frm_sub, frm_mul, frm_square, frm_inverse, frm_one } = engine.operations
  const power = engine.place(engine.bytes(tau, fieldBytes).slice())
  for (let size = 1; size < domainSize; size *= 2) frm_square(power, power)
  const one = engine.reserve(fieldBytes)
  frm_one(one)
  const half = engine.reserve(fieldBytes)
  frm_add(one, one, half)
  frm_inverse(half, half)
  const [ofPrivate, ofPublic] = [engine.reserve(fieldBytes), engine.reserve(fieldBytes)]
  frm_add(power, one, ofPrivate)
  frm_mul(ofPrivate, half, ofPrivate)
  frm_sub(power, one, ofPublic)
  frm_mul(ofPublic, half, ofPublic)
  frm_mul(ofPublic, inverseDelta, ofPublic)
  return { ofPrivate, ofPublic }
}

function quotientScalars(engine: CurveEngine, domainSize: number, tau: number, inverseDelta: number): number {
  const h = lagrangeAt(engine, tau, { domainSize: 2 * domainSize, first: 1, stride: 2, count: domainSize })
  for (let index = 0; index < domainSize; index++) {
    const at = h + index * fieldBytes
    engine.operations.frm_mul(at, inverseDelta, at)
  }
  return h
}

/** Copies of the elements, out of Montgomery form, one after another. */
function collect(
  engine: CurveEngine,
  runs: readonly (readonly [address: number, count: number])[],
): Uint8Array<ArrayBuffer> {
  const total = runs.reduce((sum, [, count]) => sum + count, 0)
  const mark = engine.mark()
  const plain = engine.reserve(total * fieldBytes)
  let at = plain
  for (const [address, count] of runs) {
    engine.operations.frm_batchFromMontgomery(address, count, at)
    at += count * fieldBytes
  }
  const scalars = engine.bytes(plain, total * fieldBytes).slice()
  engine.release(mark)
  return scalars
}
