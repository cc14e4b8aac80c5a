import { ZkserveError } from '#circuits/errors.js'
import { type Parsed, parseG1, parseG2 } from '#prover/curve/parse-point.js'
import type { AffineG1, AffineG2 } from '#prover/curve/points.js'
import type { VerificationKey } from '#prover/groth16.js'

/** A verifying key with its points as numbers: every point finite, on its curve and in its group. */
export interface ParsedVerificationKey {
  readonly alpha: AffineG1
  readonly beta: AffineG2
  readonly gamma: AffineG2
  readonly delta: AffineG2
  /** One point for the constant, one a public signal. */
  readonly inputs: readonly AffineG1[]
}

/** The rules of {@link parseVerificationKey} and `lintVerificationKey`; `details.rule` of their errors. */
export type KeyRule =
  | 'shape'
  | 'infinity'
  | 'coordinate'
  | 'curve'
  | 'subgroup'
  | 'input-count'
  | 'gamma-equals-delta'
  | 'delta-is-generator'
  | 'beta-is-generator'
  | 'beta-related'
  | 'alpha-is-generator'
  | 'equal-inputs'
  | 'span'

/** More public signals than any circuit here has. */
const maximumPublic = 1 << 20

const ruleOfFault = {
  'is not a point': 'shape',
  'is infinity': 'infinity',
  'has a coordinate that is no canonical decimal below q': 'coordinate',
  'is not on the curve': 'curve',
  'is not in the subgroup': 'subgroup',
} as const

/**
 * Reads a verifying key in snarkjs' JSON form, strictly. `vk_alphabeta_12` is not looked at, since nothing uses it.
 *
 * A key that is read is not yet a safe one: see `lintVerificationKey`.
 *
 * @throws ZkserveError `INVALID_KEY` with `details.rule`
 */
export function parseVerificationKey(value: unknown): ParsedVerificationKey {
  if (typeof value !== 'object' || value === null)
    throw keyError('shape', 'the verifying key is not an object')
  const key = value as Partial<Record<keyof VerificationKey, unknown>>
  if (key.protocol !== 'groth16' || key.curve !== 'bn128') {
    throw keyError('shape', 'the verifying key is not for Groth16 over bn128')
  }
  const { nPublic, IC } = key
  if (typeof nPublic !== 'number' || !Number.isInteger(nPublic) || nPublic < 0 || nPublic > maximumPublic) {
    throw keyError('shape', 'nPublic of the verifying key is not a count')
  }
  if (!Array.isArray(IC) || IC.length !== nPublic + 1) {
    throw keyError('input-count', `IC of the verifying key does not hold nPublic + 1 = ${nPublic + 1} points`)
  }
  return {
    alpha: unwrap('vk_alpha_1', parseG1(key.vk_alpha_1)),
    beta: unwrap('vk_beta_2', parseG2(key.vk_beta_2)),
    gamma: unwrap('vk_gamma_2', parseG2(key.vk_gamma_2)),
    delta: unwrap('vk_delta_2', parseG2(key.vk_delta_2)),
    inputs: IC.map((point, index) => unwrap(`IC[${index}]`, parseG1(point))),
  }
}

/** The error for a key that breaks the rule. */
export function keyError(rule: KeyRule, message: string): ZkserveError {
  return new ZkserveError('INVALID_KEY', message, { details: { rule } })
}

function unwrap<Point>(name: string, parsed: Parsed<Point>): Point {
  if ('fault' in parsed)
    throw keyError(ruleOfFault[parsed.fault], `${name} of the verifying key ${parsed.fault}`)
  return parsed.point
}
