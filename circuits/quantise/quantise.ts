/** Float graph → QModel. */
import type { FloatTensor, Graph } from '#circuits/graph/graph.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { calibrateGraph, isPlain } from '#circuits/quantise/calibrated.js'
import { chooseModel, type Quantised } from '#circuits/quantise/choose.js'
import { finishModel } from '#circuits/quantise/finish.js'
import type { QuantiseOptions } from '#circuits/quantise/options.js'
import { type SearchProgress, searchWidths } from '#circuits/quantise/search.js'

type Row = ReadonlyMap<string, FloatTensor>

/**
 * Quantises an optimised graph.
 * @param rows calibration rows: one tensor per input, in the graph's shapes
 * @throws ZkserveError `INVALID_DATA`, `UNSUPPORTED_SHAPE`, `MODEL_TOO_LARGE`, `QUANTISATION_OVERFLOW`, `USAGE`,
 * `ACCURACY_TOO_LOW` where a target is not held
 */
export function quantiseGraph(graph: Graph, rows: Iterable<Row>, options: QuantiseOptions): QModel {
  if (isPlain(options)) return finishModel(calibrateGraph(graph, rows, options), 'min-max', options)
  return quantiseModel(graph, rows, options).model
}

/** The same, with how the model was chosen. @throws as {@link quantiseGraph} */
export function quantiseModel(
  graph: Graph,
  rows: Iterable<Row>,
  options: QuantiseOptions,
  onProgress?: (progress: SearchProgress) => void,
): Quantised {
  const calibrated = calibrateGraph(graph, rows, options)
  const { targetAgreement } = options
  if (targetAgreement === undefined) return chooseModel(calibrated, options)
  return searchWidths(calibrated, options, targetAgreement, onProgress)
}
