import type { FloatTensor, Graph } from '#circuits/graph/graph.js'
import { interpretGraph } from '#circuits/graph/interpret.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import type { QuantiseOptions } from '#circuits/quantise/options.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { infer } from '#prover/inference/infer.js'
import { randomRows } from './random-graph.js'

export interface Quantised {
  readonly model: QModel
  readonly rows: readonly ReadonlyMap<string, FloatTensor>[]
  /** Largest difference of an output element from the float model's over the rows, and largest element. */
  readonly error: number
  readonly range: number
}

/** Quantises a graph on sixteen random rows in [low, 1), and compares it with the float model there. */
export function quantised(
  graph: Graph,
  { bits = 8, low = 0, output = 'logits' as QuantiseOptions['output'] } = {},
): Quantised {
  const rows = randomRows(graph, 5, 16, low)
  const model = quantiseGraph(graph, rows, { bits, output })
  return { model, rows, ...compare(graph, model, rows) }
}

/** How far the integer model's outputs are from the float model's. */
export function compare(
  graph: Graph,
  model: QModel,
  rows: Iterable<ReadonlyMap<string, FloatTensor>>,
): { readonly error: number; readonly range: number } {
  let [error, range] = [0, 0]
  for (const row of rows) {
    const float = interpretGraph(graph, row)
    const { outputs } = infer(model, row)
    for (const { name } of graph.outputs) {
      const exact = float.get(name)!.data
      if (outputs[name]!.length !== exact.length) continue
      exact.forEach((value, i) => {
        error = Math.max(error, Math.abs(value - outputs[name]![i]!))
        range = Math.max(range, Math.abs(value))
      })
    }
  }
  return { error, range }
}
