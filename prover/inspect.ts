import { accountFor, type InputMode } from '#circuits/analyse/account.js'
import { traceModel } from '#circuits/analyse/trace.js'
import type { Dataset } from '#circuits/data/dataset.js'
import { type FloatTensor, type Graph, type NamedShape, sizeOf } from '#circuits/graph/graph.js'
import { normaliseInputs } from '#circuits/graph/passes/normalise-inputs.js'
import { withBatch } from '#circuits/qmodel/batch.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { withCapacities } from '#circuits/quantise/capacities.js'
import type { InputGrid } from '#circuits/quantise/options.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import type { LayerReport } from '#prover/bundle/manifest.js'
import type { Evaluation } from '#prover/inference/evaluate.js'
import { reportLayers } from '#prover/layer-report.js'
import {
  accuracyProblem,
  type QuantisationRecord,
  type QuantiseStageOptions,
  quantiseWithRecord,
} from '#prover/quantise.js'

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
  /** Over the calibration rows; null without them. */
  readonly accuracy: Evaluation | null
  /** Why `build` would refuse the integer model; null where it would not. */
  readonly problem: string | null
  readonly quantisation: QuantisationRecord | null
}

/**
 * Predicts the circuit of an optimised graph. With calibration data the counts are those that `build` measures.
 * @throws ZkserveError as {@link quantiseGraph}
 */
export function inspectModel(
  graph: Graph,
  calibration: Dataset | null,
  options: QuantiseStageOptions & { readonly input: InputMode; readonly batch?: number },
): Inspection {
  const stage = calibration && quantiseWithRecord(graph, calibration, options)
  const quantised = stage?.model ?? estimatedModel(graph, options)
  const weights = options.weights ?? 'fixed'
  const single = weights === 'fixed' ? quantised : withCapacities(quantised)
  const model = withBatch(single, options.batch ?? 1)
  const trace = traceModel(model, weights)
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
    estimate: stage === null,
    accuracy: stage?.evaluation ?? null,
    problem: stage && (accuracyProblem(stage.evaluation, stage.record.minAgreement)?.message ?? null),
    quantisation: stage?.record ?? null,
  }
}

/** The model that made-up rows give: nothing is compared on them. */
function estimatedModel(given: Graph, options: QuantiseStageOptions): QModel {
  const { bits, output, weights, inputBits, inputGrid, normalisation = null } = options
  const graph = normaliseInputs(given, normalisation)
  return quantiseGraph(graph, syntheticRows(graph, inputGrid), {
    ...{ bits, output },
    ...(weights === undefined ? {} : { weights }),
    ...(inputBits === undefined ? {} : { inputBits }),
    ...(inputGrid === undefined ? {} : { inputGrid }),
  })
}

/** Sixteen rows of fixed pseudo-random numbers in [0, 1), as of pixels and probabilities, or on the grid of inputs. */
function* syntheticRows(graph: Graph, grid?: InputGrid): Iterable<Map<string, FloatTensor>> {
  let state = 1
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const share = state / 2 ** 32
    return grid ? (grid.low + share * (2 ** grid.bits - 1)) * grid.scale : share
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
