import type { Address, Hex } from 'viem'
import { createProver } from '#prover/backends/create-prover.js'
import type { Bundle } from '#prover/bundle/load.js'
import type { Evaluator } from '#prover/evaluation/build.js'
import { type Chunk, type EvaluatedVersion, linkVersion, proveCount } from '#prover/evaluation/prove.js'
import type { Person } from '#scripts/examples/consumer-stage.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'
import { countBinding } from '#service/chain/evaluation-ids.js'
import type { ChunkProof } from '#service/chain/linked-evaluations.js'
import { registerModel } from '#service/chain/register-model.js'
import { registrationOf } from '#service/chain/registration-of.js'

/** A registered version whose owner takes part. */
export interface Contestant {
  readonly name: string
  readonly person: Person
  readonly bundle: Bundle
  readonly modelId: bigint
  readonly version: number
  readonly linked: EvaluatedVersion
}

/** Registers a version as its owner, and commits to its weights under the evaluator's key. */
export async function makeContestant(
  name: string,
  person: Person,
  bundle: Bundle,
  { registry, evaluator }: { registry: Address; evaluator: Evaluator },
): Promise<Contestant> {
  const { modelId, version } = await registerModel(person, registrationOf(bundle, registry))
  return { name, person, bundle, modelId, version, linked: linkVersion(evaluator, bundle) }
}

/** Where counts are proven. */
export interface Course {
  readonly verifier: Address
  readonly evaluations: Address
  readonly evaluator: Evaluator
  readonly testSet: Hex
}

/** Proves a contestant's counts on all chunks. */
export async function proveChunks(
  { person, bundle, modelId, version, linked }: Contestant,
  { evaluator, testSet, ...contracts }: Course,
  chunks: readonly Chunk[],
): Promise<ChunkProof[]> {
  const prover = createProver()
  try {
    const proofs: ChunkProof[] = []
    for (const [chunk, content] of chunks.entries()) {
      const subject = { testSet, modelId, version, chunk }
      const binding = countBinding({ ...contracts, chainId: person.chainId }, subject)
      const proven = await proveCount(evaluator, bundle, linked, content, binding, prover)
      const { proof } = encodeProofCalldata({ ...proven, ...binding })
      proofs.push({ chunk, correct: proven.correct, proof })
    }
    return proofs
  } finally {
    await prover.close()
  }
}
