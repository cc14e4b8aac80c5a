import { parseInput } from '#circuits/data/input.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import type { ModelFacts } from '#prover/bundle/manifest.js'
import { packInputs } from '#prover/inference/pack-inputs.js'
import { commitInputs } from '#service/client/poseidon.js'

/** What a client tells its provider beside what stands on chain, and nobody else where inputs are hashed. */
export interface WorkOrder {
  readonly jobId: bigint
  /** As `POST /infer` takes it. */
  readonly input: unknown
  /** Opens the commitment; not used where inputs are public. */
  readonly salt: bigint
}

/** The public signals that stand for an input: its commitment, or its packed integers. @throws INVALID_INPUT */
export function inputSignals(manifest: ModelFacts, { input, salt }: Omit<WorkOrder, 'jobId'>): bigint[] {
  const inputs = parseInput({ input }, manifest.inputs, manifest.batch)
  const { integers } = quantiseInputs(manifest, inputs)
  return manifest.inputMode === 'hashed'
    ? [commitInputs(manifest, integers, salt)]
    : packInputs(manifest, integers)
}
