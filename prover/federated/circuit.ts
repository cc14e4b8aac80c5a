import { ZkserveError } from '#circuits/errors.js'
import { roundConstraints } from '#circuits/federated/cost.js'
import { emitRound } from '#circuits/federated/emit.js'
import type { RoundRules } from '#circuits/federated/rules.js'
import { sha256 } from '#prover/bundle/files.js'
import { compileCircuit } from '#prover/compile/compile.js'
import type { VerificationKey } from '#prover/groth16.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { developmentSetup } from '#prover/setup/development.js'
import { WitnessCalculator } from '#prover/witness/calculate.js'

/** The circuit of a federation's rounds, with a key to prove them. */
export interface RoundCircuit {
  readonly rules: RoundRules
  readonly source: string
  readonly constraints: number
  /** SHA-256 of the `.r1cs`, in hex. */
  readonly circuitHash: string
  /** circom's witness calculator. */
  readonly wasm: Uint8Array
  readonly zkey: Uint8Array
  readonly verificationKey: VerificationKey
  readonly calculator: WitnessCalculator
}

/**
 * Compiles the circuit and makes a *development* key: who made it could forge rounds.
 *
 * @throws ZkserveError `INVALID_CIRCUIT` where the rules make no circuit, `COMPILER_FAILED`,
 *   `CONSTRAINT_MISMATCH`, `CANCELLED`
 */
export async function buildRoundCircuit(rules: RoundRules, signal?: AbortSignal): Promise<RoundCircuit> {
  const source = emitRound(rules)
  const compiled = await compileCircuit(source, signal)
  const r1cs = readR1cs(compiled.r1cs)
  const predicted = roundConstraints(rules)
  if (r1cs.constraintCount !== predicted) {
    const message = `the circuit has ${r1cs.constraintCount} constraints, not the ${predicted} predicted`
    throw new ZkserveError('CONSTRAINT_MISMATCH', message)
  }
  const { zkey, verificationKey } = await developmentSetup(r1cs, signal === undefined ? {} : { signal })
  return {
    rules,
    source,
    constraints: r1cs.constraintCount,
    circuitHash: sha256(compiled.r1cs),
    wasm: compiled.wasm,
    zkey,
    verificationKey,
    calculator: await WitnessCalculator.load(compiled.wasm),
  }
}
