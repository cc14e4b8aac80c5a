import { ZkserveError } from '#circuits/errors.js'
import { scalarModulus } from '#prover/curve/bn254.js'
import { parseDecimal } from '#prover/curve/decimal.js'
import { type Parsed, parseG1, parseG2 } from '#prover/curve/parse-point.js'
import type { AffineG1, AffineG2 } from '#prover/curve/points.js'
import type { Groth16Proof, ProofWithSignals } from '#prover/groth16.js'

/** A proof with its points and signals as numbers: points finite and in their groups, signals below r. */
export interface ParsedProof {
  readonly a: AffineG1
  readonly b: AffineG2
  readonly c: AffineG1
  readonly signals: readonly bigint[]
}

/** More public signals than any circuit here has. */
const maximumSignals = 1 << 16

/**
 * Reads a proof with its public signals in snarkjs' JSON form, strictly: one encoding for each proof.
 *
 * Numbers are canonical decimal strings, coordinates below q, signals below r, points finite, on their curves, B in
 * the subgroup. Other properties of the object are let be.
 *
 * @throws ZkserveError `INVALID_PROOF` and no other error
 */
export function parseProof(value: unknown): ParsedProof {
  const { proof, publicSignals } = asObject<ProofWithSignals>(value, 'the proof file')
  const { protocol, curve, pi_a, pi_b, pi_c } = asObject<Groth16Proof>(proof, 'the proof')
  if (protocol !== 'groth16') throw invalid('the proof is not a Groth16 proof')
  if (curve !== 'bn128') throw invalid('the proof is not over bn128')
  if (!Array.isArray(publicSignals)) throw invalid('publicSignals is not an array')
  if (publicSignals.length > maximumSignals)
    throw invalid(`publicSignals has ${publicSignals.length} elements`)
  const signals = Array.from(publicSignals, (signal: unknown, index) => {
    const parsed = parseDecimal(signal, scalarModulus)
    if (parsed === undefined) throw invalid(`publicSignals[${index}] is no canonical decimal string below r`)
    return parsed
  })
  return {
    a: unwrap('pi_a', parseG1(pi_a)),
    b: unwrap('pi_b', parseG2(pi_b)),
    c: unwrap('pi_c', parseG1(pi_c)),
    signals,
  }
}

function asObject<Shape>(value: unknown, name: string): Partial<Record<keyof Shape, unknown>> {
  if (typeof value !== 'object' || value === null) throw invalid(`${name} is not an object`)
  return value
}

function unwrap<Point>(name: string, parsed: Parsed<Point>): Point {
  if ('fault' in parsed) throw invalid(`${name} of the proof ${parsed.fault}`)
  return parsed.point
}

function invalid(message: string): ZkserveError {
  return new ZkserveError('INVALID_PROOF', message)
}
