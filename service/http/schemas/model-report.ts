import { type Static, Type } from 'typebox'
import type { LayerReport, Manifest } from '#prover/bundle/manifest.js'
import type { Evaluation } from '#prover/inference/evaluate.js'
import { hashesOf, modelHashesSchema, modelSchema } from '#service/http/schemas/model.js'

const numberOrNull = (description: string) => Type.Union([Type.Number(), Type.Null()], { description })

const accuracySchema = Type.Object({
  count: Type.Integer({ description: 'Rows of the calibration data.' }),
  floatAccuracy: numberOrNull('Share of rows whose label the float model gives; null without labels.'),
  integerAccuracy: numberOrNull('The same of the integer model, which proofs are of.'),
  agreement: numberOrNull('Share of rows on which both give the same class; null where there are none.'),
  maxAbsError: numberOrNull('Largest difference of an output element; null where a class is given.'),
  meanAbsError: numberOrNull('Mean of these differences.'),
  saturatedRows: Type.Integer({ description: 'Rows with an element outside the range of inputs.' }),
  outputs: Type.Array(
    Type.Object({
      name: Type.String(),
      maxAbsError: Type.Number(),
      meanAbsError: Type.Number(),
      range: Type.Number({ description: 'Largest minus least element that the float model gives.' }),
      relativeError: Type.Number({ description: 'Mean error over the range.' }),
    }),
  ),
  inputs: Type.Array(
    Type.Object({ name: Type.String(), saturated: Type.Number({ description: 'Share of elements.' }) }),
  ),
  layers: Type.Array(
    Type.Object({
      name: Type.String(),
      operator: Type.String(),
      signalToNoise: numberOrNull('In dB; null where there is no error.'),
      saturated: numberOrNull('Share of elements that were cut off; null where nothing is.'),
    }),
  ),
})

export const modelReportSchema = Type.Object({
  model: modelHashesSchema,
  constraints: Type.Object({
    total: Type.Integer(),
    ...modelSchema.properties.overhead.properties,
    layers: modelSchema.properties.layers,
  }),
  accuracy: Type.Union([accuracySchema, Type.Null()], {
    description:
      'Float against integer model over the calibration rows; null for committed weights of others.',
  }),
})

export type ModelReport = Static<typeof modelReportSchema>

/** @param evaluation what `report.json` of the bundle says; null where it is private */
export function reportOf(manifest: Manifest, evaluation: Evaluation | null): ModelReport {
  const { layers, ...constraints } = manifest.constraints
  return {
    model: hashesOf({ manifest }),
    constraints: { ...constraints, layers: layers.map(copyOf) },
    accuracy: evaluation && {
      ...evaluation,
      outputs: [...evaluation.outputs],
      inputs: [...evaluation.inputs],
      layers: [...evaluation.layers],
    },
  }
}

function copyOf(layer: LayerReport): ModelReport['constraints']['layers'][number] {
  return { ...layer, inputShape: [...layer.inputShape], outputShape: [...layer.outputShape] }
}
