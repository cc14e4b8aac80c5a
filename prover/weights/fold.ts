import { sharedEngine } from '#prover/curve/engine.js'
import { affineG1At, placeG1 } from '#prover/curve/points.js'
import type { G1Point, VerificationKey } from '#prover/groth16.js'
import { keyError, parseVerificationKey } from '#prover/key/parse.js'
import { parseCommitmentPoint } from '#prover/key/span-check.js'

/** The key of an architecture: that of its circuit without the committed signals, whose points come last. */
export function architectureKeyOf(full: VerificationKey, publicCount: number): VerificationKey {
  return { ...full, nPublic: publicCount, IC: full.IC.slice(0, publicCount + 1) }
}

/**
 * The key of one version of an architecture: the commitment added to IC_0.
 *
 * A verifier computes IC_0 + Σ x_i·IC_i; the committed signals' part of that sum is the same for every proof of the
 * version. The result is an ordinary key for the real public signals alone.
 *
 * @throws ZkserveError `INVALID_KEY` if a point is malformed, or the sum infinity
 */
export function foldCommitment(architectureKey: VerificationKey, commitment: G1Point): VerificationKey {
  const { inputs } = parseVerificationKey(architectureKey)
  const engine = sharedEngine()
  const mark = engine.mark()
  const sum = placeG1(engine, inputs[0]!)
  engine.operations.g1m_add(sum, placeG1(engine, parseCommitmentPoint('commitment', commitment)), sum)
  const isInfinity = engine.operations.g1m_isZero(sum) === 1
  const [x, y] = affineG1At(engine, sum)
  engine.release(mark)
  if (isInfinity) throw keyError('infinity', 'IC[0] and the commitment to the weights cancel')
  return { ...architectureKey, IC: [[x.toString(), y.toString(), '1'], ...architectureKey.IC.slice(1)] }
}
