import { writeFileWhole } from '#prover/bundle/files.js'
import { writeWitness } from '#prover/r1cs/witness.js'
import { developmentSetup } from '#prover/setup/development.js'
import { rowCount } from '#prover/setup/domain.js'
import { syntheticCircuit } from '#scripts/bench/synthetic-circuit.js'

export interface SyntheticKeyInput {
  /** Power of two of the domain, which the circuit fills. */
  readonly power: number
  readonly zkey: string
  readonly quotient: string
  readonly witness: string
}

/** Writes a development key, its quotient points and a witness of a synthetic circuit; the key last. */
export async function makeSyntheticKey({ power, zkey, quotient, witness }: SyntheticKeyInput): Promise<void> {
  const extra = rowCount(syntheticCircuit(1).r1cs) - 1
  const circuit = syntheticCircuit(2 ** power - extra)
  const setup = await developmentSetup(circuit.r1cs)
  await writeFileWhole(witness, writeWitness(circuit.witness))
  await writeFileWhole(quotient, setup.quotient)
  await writeFileWhole(zkey, setup.zkey)
}
