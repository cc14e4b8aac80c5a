import { g1Generator, g2Generator } from '#prover/curve/bn254.js'
import type { AffineG2 } from '#prover/curve/points.js'
import { keyError, type ParsedVerificationKey, parseVerificationKey } from '#prover/key/parse.js'

/** What a key is judged against. */
export interface KeyExpectation {
  /** Public signals of the circuit. */
  readonly publicCount: number
}

/**
 * Refuses verifying keys under which proofs can be forged, or that do not fit the circuit.
 *
 * @param value a key in snarkjs' JSON form
 * @returns the key's points
 * @throws ZkserveError `INVALID_KEY` with the broken rule in `details.rule`
 */
export function lintVerificationKey(value: unknown, { publicCount }: KeyExpectation): ParsedVerificationKey {
  const key = parseVerificationKey(value)
  if (key.inputs.length !== publicCount + 1) {
    throw keyError(
      'input-count',
      `the verifying key is for ${key.inputs.length - 1} public signals, the circuit has ${publicCount}`,
    )
  }
  refuseUnsafeKey(key)
  return key
}

/**
 * Refuses verifying keys under which proofs can be forged.
 *
 * snarkjs calls a key without phase-2 contribution valid; there δ = γ, and (A, B, C) = (α, β, −vk_x) verifies for
 * any public signals. The same holds of γ = −δ, and of β = ±δ and β = ±γ with other choices of A, B and C. A
 * generator in place of δ, β or α means that a set-up step never took place. Equal points in IC, up to sign, let one
 * public signal stand in for another. All comparisons are up to sign, that is, of x.
 *
 * @throws ZkserveError `INVALID_KEY` with the broken rule in `details.rule`
 */
export function refuseUnsafeKey(key: ParsedVerificationKey): void {
  if (sameX(key.gamma, key.delta)) {
    throw keyError('gamma-equals-delta', 'γ equals ±δ in the verifying key: any statement can be forged')
  }
  if (sameX(key.delta, g2Generator)) {
    throw keyError('delta-is-generator', 'δ of the verifying key is the generator: phase 2 never took place')
  }
  if (sameX(key.beta, g2Generator)) {
    throw keyError('beta-is-generator', 'β of the verifying key is the generator: phase 1 never took place')
  }
  if (sameX(key.beta, key.delta) || sameX(key.beta, key.gamma)) {
    throw keyError('beta-related', 'β equals ±δ or ±γ in the verifying key: any statement can be forged')
  }
  if (key.alpha[0] === g1Generator[0]) {
    throw keyError('alpha-is-generator', 'α of the verifying key is the generator: phase 1 never took place')
  }
  const seen = new Map<bigint, number>()
  for (const [index, [x]] of key.inputs.entries()) {
    const earlier = seen.get(x)
    if (earlier !== undefined) {
      throw keyError('equal-inputs', `IC[${earlier}] equals ±IC[${index}] in the verifying key`)
    }
    seen.set(x, index)
  }
}

/** Whether two points of G2 are equal up to sign. */
function sameX([left]: AffineG2, [right]: AffineG2): boolean {
  return left[0] === right[0] && left[1] === right[1]
}
