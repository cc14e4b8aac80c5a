import type { Evaluation } from '#prover/inference/evaluate.js'
import { formatFacts, formatTable } from '#service/cli/table.js'

/** How close the integer model is to the float model: as a whole, by output and by layer. */
export function describeAccuracy(evaluation: Evaluation): string {
  const { outputs, inputs, layers } = evaluation
  const facts = formatFacts([
    ['rows', evaluation.count],
    ['float accuracy', evaluation.floatAccuracy],
    ['integer accuracy', evaluation.integerAccuracy],
    ['same answer', evaluation.agreement],
    ['largest error', evaluation.maxAbsError],
    ['mean error', evaluation.meanAbsError],
    ['rows beyond the calibrated range', evaluation.saturatedRows],
    ...inputs.map(({ name, saturated }) => [`share of "${name}" beyond it`, saturated] as const),
  ])
  const parts = [facts]
  if (outputs.length > 0) {
    parts.push(
      formatTable(
        ['output', 'largest error', 'mean error', 'range', 'mean error / range'],
        outputs.map((each) => [
          each.name,
          each.maxAbsError,
          each.meanAbsError,
          each.range,
          each.relativeError,
        ]),
      ),
    )
  }
  if (layers.length > 0) {
    const decibels = (value: number | null) => value && Math.round(value * 10) / 10
    parts.push(
      formatTable(
        ['layer', 'operator', 'signal to noise (dB)', 'share cut off'],
        layers.map((each) => [each.name, each.operator, decibels(each.signalToNoise), each.saturated]),
      ),
    )
  }
  return parts.join('\n\n')
}
