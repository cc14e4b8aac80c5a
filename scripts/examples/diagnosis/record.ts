import { type Hex, toHex } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { FloatTensor } from '#circuits/graph/graph.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import type { Bundle } from '#prover/bundle/load.js'
import { commitInputs, drawSalt } from '#prover/inference/commitment.js'
import { infer } from '#prover/inference/infer.js'
import { testRow } from '#service/demo/act.js'
import type { ModelSource } from '#service/demo/project-models.js'

/** What a laboratory keeps of a patient, and the commitment that others may see. */
export interface PatientRecord {
  readonly features: FloatTensor
  /** Opens the commitment, with the features. */
  readonly salt: bigint
  readonly commitment: Hex
}

/** Commits to the features of a patient, with a fresh salt. */
export async function commitRecord(
  { model }: Bundle,
  features: FloatTensor,
  salt = drawSalt(),
): Promise<PatientRecord> {
  const { integers } = quantiseInputs(model, new Map([[model.inputs[0]!.name, features]]))
  return { features, salt, commitment: toHex(await commitInputs(model, integers, salt), { size: 32 }) }
}

/** The first patient of the test data whose label is this, and of whom the model says the same. */
export function findPatient({ model }: Bundle, source: ModelSource, isMalignant: boolean): FloatTensor {
  const { name } = model.inputs[0]!
  for (let row = 0; row < source.test.count; row++) {
    const features = testRow(source, row)
    const { label } = infer(model, new Map([[name, features]]))
    if (source.test.labels?.[row] === Number(isMalignant) && label === Number(isMalignant)) return features
  }
  throw new ZkserveError('INTERNAL', 'the test data holds no such patient')
}
