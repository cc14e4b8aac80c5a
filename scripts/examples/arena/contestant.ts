import type { Address, Hex } from 'viem'
import { createProver } from '#prover/backends/create-prover.js'
import type { Bundle } from '#prover/bundle/load.js'
import type { Evaluator } from '#prover/evaluation/build.js'
import { type Chunk, linkVersion } from '#prover/evaluation/prove.js'
import type { Person } from '#scripts/examples/consumer-stage.js'
import { type EnteredVersion, proveChunks } from '#service/arena/prove-entry.js'
import type { ChunkProof } from '#service/chain/linked-evaluations.js'
import { registerModel } from '#service/chain/register-model.js'
import { registrationOf } from '#service/chain/registration-of.js'

/** A registered version whose owner takes part. */
export interface Contestant extends EnteredVersion {
  readonly name: string
  readonly person: Person
}

/** Registers a version as its owner, and commits to its weights under the evaluator's key. */
export async function makeContestant(
  name: string,
  person: Person,
  bundle: Bundle,
  { registry, evaluator }: { registry: Address; evaluator: Evaluator },
): Promise<Contestant> {
  const { modelId, version } = await registerModel(person, registrationOf(bundle, registry))
  return { name, person, evaluator, bundle, modelId, version, linked: linkVersion(evaluator, bundle) }
}

/** Proves a contestant's counts on all chunks. */
export async function countAll(
  contestant: Contestant,
  contracts: { readonly verifier: Address; readonly evaluations: Address; readonly testSet: Hex },
  chunks: readonly Chunk[],
): Promise<ChunkProof[]> {
  const prover = createProver()
  try {
    const course = { ...contracts, chainId: contestant.person.chainId }
    const proofs: ChunkProof[] = []
    for await (const proof of proveChunks(contestant, new Map(chunks.entries()), course, prover))
      proofs.push(proof)
    return proofs
  } finally {
    await prover.close()
  }
}
