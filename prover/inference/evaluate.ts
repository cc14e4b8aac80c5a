import { type Dataset, datasetRow } from '#circuits/data/dataset.js'
import { type FloatTensor, type Graph, sizeOf } from '#circuits/graph/graph.js'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { withBatch } from '#circuits/qmodel/batch.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import { interpretIntegers } from '#circuits/qmodel/interpret.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { meaningOf } from '#circuits/quantise/answer.js'
import { orderedGraph } from '#circuits/quantise/calibrated.js'
import { answerOf, sameAnswer } from '#prover/inference/answer.js'
import { describeIntegers } from '#prover/inference/infer.js'
import { type LayerError, LayerErrors } from '#prover/inference/layer-errors.js'
import { type OutputError, OutputErrors } from '#prover/inference/output-errors.js'

/** Float against integer model over a dataset. */
export interface Evaluation {
  readonly count: number
  /** Share of rows whose label the float model gives; null without labels or classes. */
  readonly floatAccuracy: number | null
  readonly integerAccuracy: number | null
  /** Share of rows on which both models give the same classes or flags; null where there are none. */
  readonly agreement: number | null
  /** Largest difference of an output element, in the output's own unit; null where the integer model gives a class. */
  readonly maxAbsError: number | null
  readonly meanAbsError: number | null
  /** Rows with an input element outside the calibrated range. */
  readonly saturatedRows: number
  /** Outputs of real numbers. */
  readonly outputs: readonly OutputError[]
  /** Share of elements outside the calibrated range, by input. */
  readonly inputs: readonly { readonly name: string; readonly saturated: number }[]
  readonly layers: readonly LayerError[]
}

/**
 * Runs both models on every row.
 * @param graph the optimised float graph, its inputs normalised as the integer model's
 */
export function evaluate(graph: Graph, model: QModel, dataset: Dataset): Evaluation {
  const single = withBatch(model, 1)
  const ordered = orderedGraph(graph)
  const classes = new ClassTally(graph, single, dataset.labels)
  const layers = new LayerErrors(ordered, single)
  const errors = single.outputs.filter(isReal).map((output) => new OutputErrors(output))
  const outside = single.inputs.map(() => 0)
  let saturatedRows = 0
  for (let row = 0; row < dataset.count; row++) {
    const inputs = datasetRow(dataset, row)
    const { integers, saturated, saturatedBy } = quantiseInputs(single, inputs)
    if (saturated > 0) saturatedRows++
    saturatedBy.forEach((count, k) => {
      outside[k]! += count
    })
    const values = interpretIntegers(single, integers)
    const exact = interpretGraph(ordered, inputs, { allValues: true })
    layers.add(values, exact)
    const answers = Object.fromEntries(
      single.outputs.map(({ name, tensor }) => [name, Array.from(values[tensor]!)]),
    )
    const { outputs } = describeIntegers(single, answers)
    for (const error of errors) error.add(outputs[error.output.name]!, exact.get(error.output.name)!.data)
    classes.add(answers, exact, row)
  }
  const results = errors.map((error) => error.result())
  const elements = single.outputs.filter(isReal).map(({ shape }) => sizeOf(shape))
  const total = elements.reduce((sum, size) => sum + size, 0)
  return {
    count: dataset.count,
    ...classes.results(dataset.count),
    maxAbsError: total === 0 ? null : Math.max(...results.map(({ maxAbsError }) => maxAbsError)),
    meanAbsError:
      total === 0
        ? null
        : results.reduce((sum, { meanAbsError }, k) => sum + meanAbsError * elements[k]!, 0) / total,
    saturatedRows,
    outputs: results,
    inputs: single.inputs.map(({ name, shape }, k) => ({
      name,
      saturated: outside[k]! / (dataset.count * sizeOf(shape)),
    })),
    layers: layers.results(),
  }
}

const isReal = ({ meaning }: QModel['outputs'][number]): boolean =>
  meaning.kind === 'values' || meaning.kind === 'scores'

/** Counts right and equal answers of the first output. */
class ClassTally {
  private readonly output
  private readonly value
  private readonly isFloatAnswer: boolean
  private floatRight = 0
  private integerRight = 0
  private agreed = 0
  private answered = 0

  constructor(
    graph: Graph,
    model: QModel,
    private readonly labels: Int32Array | null,
  ) {
    this.output = model.outputs[0]!
    const float = graph.outputs.find(({ name }) => name === this.output.name) ?? graph.outputs[0]!
    this.value = float.name
    this.isFloatAnswer = ['class', 'classes'].includes(meaningOf(graph, float).kind)
  }

  add(
    integers: Readonly<Record<string, number[]>>,
    exact: ReadonlyMap<string, FloatTensor>,
    row: number,
  ): void {
    const { output } = this
    const values = integers[output.name]!
    const integer = answerOf(output, values, !isReal(output), 1)
    const float = answerOf(output, exact.get(this.value)!.data, this.isFloatAnswer, values.length)
    if (integer === null || float === null) return
    this.answered++
    if (sameAnswer(integer, float, output)) this.agreed++
    const truth = this.labels?.[row]
    if (float[0] === truth) this.floatRight++
    if (integer[0] === truth) this.integerRight++
  }

  results(rows: number): Pick<Evaluation, 'floatAccuracy' | 'integerAccuracy' | 'agreement'> {
    const isKnown = this.labels !== null && this.answered > 0
    return {
      floatAccuracy: isKnown ? this.floatRight / rows : null,
      integerAccuracy: isKnown ? this.integerRight / rows : null,
      agreement: this.answered === 0 ? null : this.agreed / this.answered,
    }
  }
}
