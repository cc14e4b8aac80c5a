import { ZkserveError } from '#circuits/errors.js'
import { twoAdicity } from '#prover/curve/bn254.js'
import type { R1cs } from '#prover/r1cs/r1cs.js'

/**
 * Rows of the quadratic arithmetic program: the constraints, and one row `w_i · 0 = 0` for the constant and each
 * public signal. Without these rows a signal that no constraint holds in A has a key point dependent on others,
 * and a proof for one value of it can be turned into a proof for another.
 */
export function rowCount({ constraintCount, publicCount }: R1cs): number {
  return constraintCount + publicCount + 1
}

/**
 * Size of the evaluation domain: the least power of two, 2 at least, with room for all rows.
 *
 * @throws ZkserveError `INVALID_CIRCUIT` for a circuit without constraints, `MODEL_TOO_LARGE` beyond the field's
 *   roots of unity
 */
export function domainSizeOf(r1cs: R1cs): number {
  if (r1cs.constraintCount === 0) throw new ZkserveError('INVALID_CIRCUIT', 'the circuit has no constraints')
  const size = 2 ** Math.ceil(Math.log2(rowCount(r1cs)))
  if (size > 2 ** (twoAdicity - 1)) {
    throw new ZkserveError('MODEL_TOO_LARGE', `no evaluation domain has ${rowCount(r1cs)} rows`)
  }
  return size
}
