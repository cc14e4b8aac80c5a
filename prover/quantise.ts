/** From a float graph and calibration rows to an integer model that is close enough, and what is recorded of it. */
import { type Dataset, datasetRows } from '#circuits/data/dataset.js'
import { ZkserveError } from '#circuits/errors.js'
import type { Graph } from '#circuits/graph/graph.js'
import { type Normalisation, normaliseInputs } from '#circuits/graph/passes/normalise-inputs.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import type { QuantiseOptions } from '#circuits/quantise/options.js'
import { quantiseModel } from '#circuits/quantise/quantise.js'
import type { RangeRule } from '#circuits/quantise/ranges.js'
import type { SearchProgress } from '#circuits/quantise/search.js'
import { type Evaluation, evaluate } from '#prover/inference/evaluate.js'
import { defaultSettings } from '#prover/settings.js'

export interface QuantiseStageOptions extends QuantiseOptions {
  /** What the model expects of its input, where clients send raw numbers. */
  readonly normalisation?: Normalisation | null
  /** Share of agreement below which a model is refused; without classes 1 - x bounds the mean error. */
  readonly minAgreement?: number
  readonly onSearch?: (progress: SearchProgress) => void
}

/** How a bundle's model was quantised. */
export interface QuantisationRecord {
  readonly bits: number
  readonly inputBits: readonly number[]
  readonly output: string
  readonly calibrationRows: number
  /** How ranges follow from the rows, and on how many of them that was chosen. */
  readonly ranges: RangeRule
  readonly comparedRows: number
  readonly biasCorrected: boolean
  readonly minAgreement: number
  readonly targetAgreement: number | null
  /** Widths in bits that a search found, by value of the graph, and its factor of the weights' error. */
  readonly widths: Readonly<Record<string, number>>
  readonly weightError: number
  readonly normalisation: Normalisation | null
}

export interface QuantiseStage {
  /** The float graph for the inputs that the integer model takes. */
  readonly graph: Graph
  readonly model: QModel
  /** Over the calibration rows. */
  readonly evaluation: Evaluation
  readonly record: QuantisationRecord
}

/** Quantises without judging. @throws ZkserveError as `quantiseModel` */
export function quantiseWithRecord(
  given: Graph,
  calibration: Dataset,
  options: QuantiseStageOptions,
): QuantiseStage {
  const { normalisation = null, minAgreement = defaultSettings.minAgreement } = options
  const graph = normaliseInputs(given, normalisation)
  const quantised = quantiseModel(graph, datasetRows(calibration), options, options.onSearch)
  const { model } = quantised
  return {
    graph,
    model,
    evaluation: evaluate(graph, model, calibration),
    record: {
      bits: quantised.options.bits,
      inputBits: model.inputs.map(({ bits }) => bits),
      output: options.output,
      calibrationRows: calibration.count,
      ranges: quantised.rule,
      comparedRows: quantised.comparedRows,
      biasCorrected: quantised.biasCorrected,
      minAgreement,
      targetAgreement: options.targetAgreement ?? null,
      widths: quantised.options.widths ?? {},
      weightError: quantised.options.weightError ?? 1,
      normalisation,
    },
  }
}

/**
 * What speaks against an integer model, or null: its classes differ from the float model's on too many rows, or,
 * where outputs are real numbers, their mean error is too large a part of their range.
 */
export function accuracyProblem(evaluation: Evaluation, minAgreement: number): ZkserveError | null {
  const { agreement, count, outputs, layers } = evaluation
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  const worst = outputs.reduce<(typeof outputs)[number] | null>(
    (most, output) => (most === null || output.relativeError > most.relativeError ? output : most),
    null,
  )
  let problem: string | null = null
  if (agreement !== null) {
    if (agreement < minAgreement)
      problem = `the integer model gives the float model's class on ${percent(agreement)} of ${count} calibration rows, ${percent(minAgreement)} are asked for`
  } else if (worst !== null && worst.relativeError > 1 - minAgreement) {
    problem = `the mean error of output "${worst.name}" is ${percent(worst.relativeError)} of its range over ${count} calibration rows, at most ${percent(1 - minAgreement)} is asked for`
  }
  if (problem === null) return null
  const weakest = layers.reduce<(typeof layers)[number] | null>(
    (least, layer) =>
      (layer.signalToNoise ?? Number.POSITIVE_INFINITY) < (least?.signalToNoise ?? Number.POSITIVE_INFINITY)
        ? layer
        : least,
    null,
  )
  return new ZkserveError('ACCURACY_TOO_LOW', problem, {
    hints: [
      'Use more bits (--bits), or more calibration rows such as the model will see.',
      ...(weakest
        ? [
            `Most is lost in "${weakest.name}" (${weakest.operator}): ${weakest.signalToNoise?.toFixed(1)} dB.`,
          ]
        : []),
      'Allow it with a lower --min-agreement.',
    ],
    details: { agreement, relativeError: worst?.relativeError ?? null, minAgreement },
  })
}
