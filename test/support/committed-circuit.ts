import { createSnarkjsProver } from '#prover/backends/snarkjs.js'
import { scalarModulus } from '#prover/curve/bn254.js'
import type { ProofWithSignals, VerificationKey } from '#prover/groth16.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { writeWitness } from '#prover/r1cs/witness.js'
import { developmentSetup } from '#prover/setup/development.js'
import { commitWeights, type WeightCommitment } from '#prover/weights/commit.js'
import type { CommitmentKey } from '#prover/weights/commitment-key.js'
import { architectureKeyOf, foldCommitment } from '#prover/weights/fold.js'
import { type SmallCircuit, writeR1cs } from './r1cs-writer.js'
import { RandomSource } from './random-source.js'

/** Real public signals: the output and the context. Three weights and the blinding follow. */
export const publicCount = 2
const weightCount = 3

/** y = w · x, context² bound; wires: 1, y, context, w (3), ρ, x (3), w·x (3), context². */
export const committedCircuit: SmallCircuit = {
  wireCount: 14,
  outputCount: 1,
  publicInputCount: 5,
  privateInputCount: 3,
  constraints: [
    ...[0, 1, 2].map((i) => [[[3 + i, 1n]], [[7 + i, 1n]], [[10 + i, 1n]]] as const),
    [[...[10, 11, 12].map((wire) => [wire, 1n] as const)], [[0, 1n]], [[1, 1n]]],
    [[[2, 1n]], [[2, 1n]], [[13, 1n]]],
  ],
}

/** An architecture: what one set-up gives for all versions of a model. */
export interface Architecture {
  readonly zkey: Uint8Array
  readonly fullKey: VerificationKey
  readonly key: VerificationKey
  readonly commitmentKey: CommitmentKey
}

export async function setUpArchitecture(seed = 21): Promise<Architecture> {
  const { zkey, verificationKey, commitmentKey } = await developmentSetup(
    readR1cs(writeR1cs(committedCircuit)),
    { random: new RandomSource(seed).fill, committed: weightCount + 1 },
  )
  const key = architectureKeyOf(verificationKey, publicCount)
  return { zkey, fullKey: verificationKey, key, commitmentKey: commitmentKey! }
}

export interface Version extends WeightCommitment {
  readonly weights: Float64Array
  readonly blinding: bigint
  /** Folded. */
  readonly key: VerificationKey
}

export function commitVersion(
  { key, commitmentKey }: Architecture,
  weights: Float64Array,
  blinding: bigint,
): Version {
  const committed = commitWeights(commitmentKey, weights, blinding)
  return { ...committed, weights, blinding, key: foldCommitment(key, committed.commitment) }
}

/** A proof of y = w · x with the real public signals alone. */
export async function proveVersion(
  { zkey }: Architecture,
  { weights, blinding }: Version,
  inputs: readonly bigint[],
  context = 5n,
): Promise<ProofWithSignals> {
  const field = (value: bigint) => ((value % scalarModulus) + scalarModulus) % scalarModulus
  const w = Array.from(weights, (weight) => BigInt(weight))
  const products = w.map((weight, i) => weight * inputs[i]!)
  const y = products.reduce((sum, product) => sum + product, 0n)
  const values = [1n, y, context, ...w, blinding, ...inputs, ...products, context * context]
  const prover = createSnarkjsProver({ singleThread: true })
  try {
    const { proof, publicSignals } = await prover.prove({ zkey, witness: writeWitness(values.map(field)) })
    return { proof, publicSignals: publicSignals.slice(0, publicCount) }
  } finally {
    await prover.close()
  }
}
