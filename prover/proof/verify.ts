import { ZkserveError } from '#circuits/errors.js'
import { toLittleEndian } from '#prover/curve/bytes.js'
import { type CurveEngine, sharedEngine } from '#prover/curve/engine.js'
import { reserveLines, reserveMillerLoop } from '#prover/curve/pairing.js'
import { type AffineG1, placeG1 } from '#prover/curve/points.js'
import { refuseUnsafeKey } from '#prover/key/lint.js'
import { type ParsedVerificationKey, parseVerificationKey } from '#prover/key/parse.js'
import { type ParsedProof, parseProof } from '#prover/proof/parse.js'
import { type PreparedKey, prepareKey } from '#prover/proof/prepared-key.js'

/**
 * Whether a Groth16 proof holds for its public signals under the key.
 *
 * e(A, B) = e(α, β) · e(Σ x_i·IC_i, γ) · e(C, δ), with x_0 = 1. Takes about 13 ms of this thread, and starts none.
 *
 * @param key snarkjs' verification_key.json
 * @param proof `{proof, publicSignals}`; other properties are let be
 * @throws ZkserveError `INVALID_KEY` if the key is malformed or unsafe, `INVALID_PROOF` if the proof is malformed or
 *   has another number of public signals than the key
 */
export async function verifyProof(key: unknown, proof: unknown): Promise<boolean> {
  const parsed = parseVerificationKey(key)
  refuseUnsafeKey(parsed)
  return verifyParsed(parsed, parseProof(proof))
}

/** {@link verifyPrepared} with a key that is linted already. */
export function verifyParsed(key: ParsedVerificationKey, proof: ParsedProof): boolean {
  return verifyPrepared(prepareKey(key), proof)
}

/**
 * Whether a proof holds under a key that is linted already and prepared for many proofs: about 8 ms.
 *
 * @throws ZkserveError `INVALID_PROOF` if the number of public signals is not the key's
 */
export function verifyPrepared(prepared: PreparedKey, proof: ParsedProof): boolean {
  const { key, gammaLines, deltaLines, alphaBeta } = prepared
  if (proof.signals.length !== key.inputs.length - 1) {
    throw new ZkserveError(
      'INVALID_PROOF',
      `the proof has ${proof.signals.length} public signals, the key wants ${key.inputs.length - 1}`,
    )
  }
  const engine = sharedEngine()
  const mark = engine.mark()
  const { g1m_neg, g1m_isZero, ftm_mul, ftm_eq, bn128_finalExponentiation } = engine.operations
  const product = engine.place(alphaBeta)
  const multiply = (point: number, lines: number): void => {
    ftm_mul(product, reserveMillerLoop(engine, point, lines), product)
  }
  const a = placeG1(engine, proof.a)
  g1m_neg(a, a)
  multiply(a, reserveLines(engine, proof.b))
  multiply(placeG1(engine, proof.c), engine.place(deltaLines))
  const signals = placeSignals(engine, key.inputs, proof.signals)
  // The Miller loop does not know infinity, whose pairing is 1.
  if (g1m_isZero(signals) === 0) multiply(signals, engine.place(gammaLines))
  bn128_finalExponentiation(product, product)
  const holds = ftm_eq(product, engine.targetOne) === 1
  engine.release(mark)
  return holds
}

/** IC_0 + Σ x_i · IC_i */
function placeSignals(engine: CurveEngine, inputs: readonly AffineG1[], signals: readonly bigint[]): number {
  const { g1m_timesScalar, g1m_add } = engine.operations
  const sum = placeG1(engine, inputs[0]!)
  const product = engine.reserve(96)
  for (const [index, signal] of signals.entries()) {
    const mark = engine.mark()
    const point = placeG1(engine, inputs[index + 1]!)
    g1m_timesScalar(point, engine.place(toLittleEndian(signal)), 32, product)
    g1m_add(sum, product, sum)
    engine.release(mark)
  }
  return sum
}
