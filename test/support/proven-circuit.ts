import { createSnarkjsProver } from '#prover/backends/snarkjs.js'
import type { ProofWithSignals } from '#prover/groth16.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { writeWitness } from '#prover/r1cs/witness.js'
import { developmentSetup, type SetupKeys } from '#prover/setup/development.js'
import { type SmallCircuit, writeR1cs } from './r1cs-writer.js'
import { RandomSource } from './random-source.js'

/** Public x, y, z; private s: x · s = product, product · (y + s) = other; z is in no constraint. */
const circuit: SmallCircuit = {
  wireCount: 7,
  outputCount: 0,
  publicInputCount: 3,
  privateInputCount: 1,
  constraints: [
    [[[1, 1n]], [[4, 1n]], [[5, 1n]]],
    [
      [[5, 1n]],
      [
        [2, 1n],
        [4, 1n],
      ],
      [[6, 1n]],
    ],
  ],
}

/** Keys of a small circuit with three public signals, and an honest proof. */
export async function provenCircuit(): Promise<SetupKeys & { proof: ProofWithSignals; witness: Uint8Array }> {
  const keys = await developmentSetup(readR1cs(writeR1cs(circuit)), { random: new RandomSource(14).fill })
  const witness = writeWitness([1n, 3n, 4n, 5n, 7n, 21n, 231n])
  const prover = createSnarkjsProver({ singleThread: true })
  const proof = await prover.prove({ zkey: keys.zkey, witness })
  await prover.close()
  return { ...keys, proof, witness }
}
