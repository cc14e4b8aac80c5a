/**
 * Bias correction: rounded weights shift the mean of a channel; the mean difference over calibration rows goes into
 * the bias (Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction", 2019, with real
 * rows instead of assumed ones). Costs no constraint but where a bias crosses a power of two.
 */
import type { FloatTensor, Graph } from '#circuits/graph/graph.js'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import { interpretLayer } from '#circuits/qmodel/interpret.js'
import type { QConv, QDense, QModel, QTensor } from '#circuits/qmodel/qmodel.js'
import { channelOf, ofChannel } from '#circuits/qmodel/window.js'
import { counterparts } from '#circuits/quantise/counterparts.js'

type Row = ReadonlyMap<string, FloatTensor>

/** Corrects every convolution and dense layer, front to back, each on what the corrected ones before it make. */
export function correctBiases(model: QModel, graph: Graph, rows: readonly Row[]): QModel {
  const nodes = new Map(counterparts(graph, model).map(({ layer, node }) => [layer, node.output]))
  const runs = rows.map((row) => {
    const values = new Array<Float64Array>(model.tensors.length)
    quantiseInputs(model, row).integers.forEach((integers, i) => {
      values[model.inputs[i]!.tensor] = integers
    })
    return { values, exact: interpretGraph(graph, row, { allValues: true }) }
  })
  const layers = model.layers.map((layer) => {
    const value = nodes.get(layer)
    for (const { values } of runs) values[layer.output] = interpretLayer(layer, model.tensors, values)
    if (value === undefined || (layer.kind !== 'conv' && layer.kind !== 'dense')) return layer
    const differences = runs.map(({ values, exact }) => ({
      integers: values[layer.output]!,
      exact: exact.get(value)!.data,
    }))
    const corrections = meanDifferences(layer, model.tensors[layer.output]!, differences)
    const corrected = { ...layer, bias: layer.bias.map((bias, c) => bias + corrections[c]!) }
    for (const { values } of runs) values[layer.output] = interpretLayer(corrected, model.tensors, values)
    return corrected
  })
  return { ...model, layers }
}

/** Rounded mean of float minus integer, per output channel, in integer units. */
function meanDifferences(
  layer: QConv | QDense,
  { shape, scales, channelAxis }: QTensor,
  pairs: readonly { readonly integers: Float64Array; readonly exact: Float32Array }[],
): number[] {
  const axis = layer.kind === 'conv' ? 1 : shape.length - 1
  const sums = new Float64Array(layer.bias.length)
  for (const { integers, exact } of pairs) {
    integers.forEach((integer, i) => {
      sums[channelOf(shape, axis, i)]! += exact[i]! / ofChannel(scales, shape, channelAxis, i) - integer
    })
  }
  const perChannel = (pairs.length * pairs[0]!.integers.length) / sums.length
  return Array.from(sums, (sum) => Math.round(sum / perChannel))
}
