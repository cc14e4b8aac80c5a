import { ZkserveError } from '#circuits/errors.js'
import { toLittleEndian } from '#prover/curve/bytes.js'
import { type CurveEngine, sharedEngine } from '#prover/curve/engine.js'
import { type AffineG1, placeG1, placeG2 } from '#prover/curve/points.js'
import { refuseUnsafeKey } from '#prover/key/lint.js'
import { type ParsedVerificationKey, parseVerificationKey } from '#prover/key/parse.js'
import { type ParsedProof, parseProof } from '#prover/proof/parse.js'

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

/**
 * {@link verifyProof} with a key that is linted already: about 9 ms.
 *
 * @throws ZkserveError `INVALID_PROOF` if the number of public signals is not the key's
 */
export function verifyParsed(key: ParsedVerificationKey, proof: ParsedProof): boolean {
  if (proof.signals.length !== key.inputs.length - 1) {
    throw new ZkserveError(
      'INVALID_PROOF',
      `the proof has ${proof.signals.length} public signals, the key wants ${key.inputs.length - 1}`,
    )
  }
  const engine = sharedEngine()
  const mark = engine.mark()
  const { g1m_neg, g1m_isZero, bn128_pairingEq3, bn128_pairingEq4 } = engine.operations
  const a = placeG1(engine, proof.a)
  g1m_neg(a, a)
  const pairs = [
    ...[a, placeG2(engine, proof.b)],
    ...[placeG1(engine, proof.c), placeG2(engine, key.delta)],
    ...[placeG1(engine, key.alpha), placeG2(engine, key.beta)],
  ]
  const signals = placeSignals(engine, key.inputs, proof.signals)
  // The Miller loop does not know infinity, whose pairing is 1.
  const product =
    g1m_isZero(signals) === 1
      ? bn128_pairingEq3(...pairs, engine.targetOne)
      : bn128_pairingEq4(...pairs, signals, placeG2(engine, key.gamma), engine.targetOne)
  engine.release(mark)
  return product === 1
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
