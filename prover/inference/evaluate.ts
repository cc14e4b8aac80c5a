import { type Dataset, datasetRow } from '#circuits/data/dataset.js'
import type { Graph } from '#circuits/graph/graph.js'
import { interpretGraph } from '#circuits/graph/interpret.js'
import type { QModel, TensorId } from '#circuits/qmodel/qmodel.js'
import { infer } from '#prover/inference/infer.js'

/** Float against integer model over a dataset. */
export interface Evaluation {
  readonly count: number
  /** Share of rows whose label the float model gives; null without labels. */
  readonly floatAccuracy: number | null
  readonly integerAccuracy: number | null
  /** Share of rows on which both models choose the same class; null where there is no class. */
  readonly agreement: number | null
  /** Largest difference of an output element, in the output's own unit; null where the integer model gives a class. */
  readonly maxAbsError: number | null
  readonly meanAbsError: number | null
  /** Rows with an input element outside the calibrated range. */
  readonly saturatedRows: number
}

/** Runs both models on every row. */
export function evaluate(graph: Graph, model: QModel, dataset: Dataset): Evaluation {
  const isClass = (tensor: TensorId) =>
    model.layers.some(({ kind, output }) => kind === 'argMax' && output === tensor)
  const real = model.outputs.filter(({ tensor }) => !isClass(tensor)).map(({ name }) => name)
  let floatRight = 0
  let integerRight = 0
  let agreed = 0
  let classes = 0
  let maxAbsError = 0
  let errorSum = 0
  let elements = 0
  let saturatedRows = 0
  for (let row = 0; row < dataset.count; row++) {
    const inputs = datasetRow(dataset, row)
    const integer = infer(model, inputs)
    const float = interpretGraph(graph, inputs)
    if (integer.saturated > 0) saturatedRows++
    const floatLabel = labelOf(graph, float)
    if (floatLabel !== null && integer.label !== null) {
      classes++
      if (floatLabel === integer.label) agreed++
    }
    const truth = dataset.labels?.[row]
    if (truth !== undefined && floatLabel === truth) floatRight++
    if (truth !== undefined && integer.label === truth) integerRight++
    for (const name of real) {
      const exact = float.get(name)!.data
      integer.outputs[name]!.forEach((value, i) => {
        const error = Math.abs(value - exact[i]!)
        maxAbsError = Math.max(maxAbsError, error)
        errorSum += error
        elements++
      })
    }
  }
  const share = (hits: number) => (dataset.labels === null ? null : hits / dataset.count)
  return {
    count: dataset.count,
    floatAccuracy: share(floatRight),
    integerAccuracy: share(integerRight),
    agreement: classes === 0 ? null : agreed / classes,
    maxAbsError: elements === 0 ? null : maxAbsError,
    meanAbsError: elements === 0 ? null : errorSum / elements,
    saturatedRows,
  }
}

/** The class that the float model's first output names: its largest element, or itself after ArgMax. */
function labelOf(graph: Graph, values: ReadonlyMap<string, { readonly data: Float32Array }>): number | null {
  const name = graph.outputs[0]?.name
  const data = name === undefined ? undefined : values.get(name)?.data
  if (!data) return null
  if (graph.nodes.some((node) => node.kind === 'argMax' && node.output === name)) return data[0]!
  return data.length > 1 ? data.indexOf(Math.max(...data)) : null
}
