import { accountFor, type InputMode } from '#circuits/analyse/account.js'
import { traceModel } from '#circuits/analyse/trace.js'
import { type Dataset, datasetRow } from '#circuits/data/dataset.js'
import { type FloatTensor, type Graph, type NamedShape, sizeOf } from '#circuits/graph/graph.js'
import type { QuantiseOptions } from '#circuits/quantise/options.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import type { LayerReport } from '#prover/bundle/manifest.js'
import { reportLayers } from '#prover/layer-report.js'

/** What a model will cost, without compiling it. */
export interface Inspection {
  readonly opset: number
  readonly inputs: readonly NamedShape[]
  readonly outputs: readonly NamedShape[]
  readonly parameters: number
  readonly macs: number
  readonly layers: readonly LayerReport[]
  /** Constraints beside the layers. */
  readonly overhead: {
    readonly inputRange: number
    readonly inputBinding: number
    readonly outputPacking: number
    readonly context: number
  }
  readonly constraints: number
  /** Whether made-up calibration data stood in for real ones. */
  readonly estimate: boolean
}

/**
 * Predicts the circuit of an optimised graph. With calibration data the counts are those that `build` measures.
 * @throws ZkserveError as {@link quantiseGraph}
 */
export function inspectModel(
  graph: Graph,
  calibration: Dataset | null,
  options: QuantiseOptions & { readonly input: InputMode },
): Inspection {
  const rows = calibration ? datasetRows(calibration) : syntheticRows(graph)
  const model = quantiseGraph(graph, rows, options)
  const trace = traceModel(model)
  const account = accountFor(model, trace, options.input)
  const layers = reportLayers(model, trace)
  const { inputRange, inputBinding, outputPacking, context } = account
  return {
    opset: graph.opset,
    inputs: graph.inputs,
    outputs: graph.outputs,
    parameters: layers.reduce((sum, layer) => sum + layer.parameters, 0),
    macs: layers.reduce((sum, layer) => sum + layer.macs, 0),
    layers,
    overhead: { inputRange, inputBinding, outputPacking, context },
    constraints: account.total,
    estimate: calibration === null,
  }
}

/** All rows of a dataset, one after the other. */
export function* datasetRows(dataset: Dataset): Iterable<Map<string, FloatTensor>> {
  for (let row = 0; row < dataset.count; row++) yield datasetRow(dataset, row)
}

/** Sixteen rows of fixed pseudo-random numbers in [0, 1): what pixels and probabilities look like. */
function* syntheticRows(graph: Graph): Iterable<Map<string, FloatTensor>> {
  let state = 1
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  for (let row = 0; row < 16; row++) {
    yield new Map(
      graph.inputs.map(({ name, shape }) => [
        name,
        { shape, data: Float32Array.from({ length: sizeOf(shape) }, next) },
      ]),
    )
  }
}
