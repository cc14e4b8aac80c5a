import { ZkserveError } from '#circuits/errors.js'
import type { FloatTensor } from '#circuits/graph/graph.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import type { Bundle } from '#prover/bundle/load.js'
import { infer } from '#prover/inference/infer.js'
import { packInputs } from '#prover/inference/pack-inputs.js'
import { unpackInputs } from '#prover/inference/unpack-inputs.js'
import { testRow } from '#service/demo/act.js'
import type { ModelSource } from '#service/demo/project-models.js'

/** The public signals that stand for a plot's features: their integers, packed. The station signs these. */
export function packFeatures({ model }: Bundle, features: FloatTensor): bigint[] {
  const name = model.inputs[0]!.name
  return packInputs(model, quantiseInputs(model, new Map([[name, features]])).integers)
}

/** Features from public signals, as any prover reads them off the chain. @throws ZkserveError `INVALID_INPUT` */
export function unpackFeatures({ model }: Bundle, words: readonly bigint[]): FloatTensor {
  const features = unpackInputs(model, words)?.get(model.inputs[0]!.name)
  if (features === undefined) throw new ZkserveError('INVALID_INPUT', 'these signals are no features')
  return features
}

/**
 * The first season of the test data that had a loss which the model sees, or had none and the model agrees.
 *
 * @param covered probability of a loss from which on it is covered
 * @throws ZkserveError `INTERNAL` if there is none
 */
export function findSeason(
  { model }: Bundle,
  source: ModelSource,
  covered: number,
  isLoss: boolean,
): FloatTensor {
  const { name } = model.inputs[0]!
  for (let row = 0; row < source.test.count; row++) {
    const features = testRow(source, row)
    const { outputs } = infer(model, new Map([[name, features]]))
    const isSeen = Object.values(outputs)[0]![0]! >= covered
    if (isSeen === isLoss && source.test.labels?.[row] === Number(isLoss)) return features
  }
  throw new ZkserveError('INTERNAL', 'the test data holds no such season')
}

/** The least integer of the model's first output that stands for this probability or more. */
export function thresholdOf({ model }: Bundle, probability: number): number {
  return Math.ceil(probability / model.outputs[0]!.scale)
}
