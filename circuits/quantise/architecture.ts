/**
 * Architectures: what a circuit with hidden weights publishes. Every version of an architecture is a model that
 * differs in its weights and in what its integers stand for, and has the very same circuit.
 */
import type { Interval } from '#circuits/analyse/form.js'
import { traceModel } from '#circuits/analyse/trace.js'
import { isWeightLayer } from '#circuits/analyse/weight-plan.js'
import { ZkserveError } from '#circuits/errors.js'
import type { FloatTensor, Graph } from '#circuits/graph/graph.js'
import { withBatch } from '#circuits/qmodel/batch.js'
import type { QLayer, QModel } from '#circuits/qmodel/qmodel.js'
import { verifyQModel } from '#circuits/qmodel/verify.js'
import { defaultHeadroom, withCapacities } from '#circuits/quantise/capacities.js'
import type { Quantised } from '#circuits/quantise/choose.js'
import { imposedBy } from '#circuits/quantise/imposed.js'
import type { QuantiseOptions } from '#circuits/quantise/options.js'
import { quantiseModel } from '#circuits/quantise/quantise.js'
import { flagsHold } from '#circuits/quantise/threshold.js'

/** An integer model without its hidden numbers; the bounds of its tensors are capacities. */
export interface Architecture {
  readonly model: QModel
}

/**
 * The architecture of a model.
 * @param headroom bits by which later versions' sums may be larger
 * @throws ZkserveError `QUANTISATION_OVERFLOW`
 */
export function architectureOf(model: QModel, headroom = defaultHeadroom): Architecture {
  const bounded = withCapacities(model, headroom)
  return { model: { ...bounded, layers: bounded.layers.map(withoutWeights) } }
}

function withoutWeights(layer: QLayer): QLayer {
  if (!isWeightLayer(layer)) return layer
  if (layer.kind === 'combine') return { ...layer, constant: new Float64Array(layer.constant!.length) }
  return {
    ...layer,
    weight: new Int32Array(layer.weight.length),
    bias: new Float64Array(layer.bias.length),
  }
}

/**
 * New weights as a version of an architecture: the same shifts, factors, tables, input scales and widths, hence the
 * same circuit, byte for byte. Activations take their scales from the rows given where the circuit leaves them open,
 * else those of the architecture.
 * @param graph the new float model, optimised
 * @param rows calibration rows
 * @throws ZkserveError `ARCHITECTURE_MISMATCH` where the model is no version of the architecture, and as quantising
 */
export function requantise(
  graph: Graph,
  rows: Iterable<ReadonlyMap<string, FloatTensor>>,
  architecture: Architecture,
  options: QuantiseOptions,
): QModel {
  return requantiseModel(graph, rows, architecture, options).model
}

/** The same, with how the model was chosen. @throws as {@link requantise} */
export function requantiseModel(
  graph: Graph,
  rows: Iterable<ReadonlyMap<string, FloatTensor>>,
  { model: architecture }: Architecture,
  options: QuantiseOptions,
): Quantised {
  const all = Array.from(rows)
  const version = (scales: boolean): Quantised => {
    const imposed = imposedBy(architecture, scales)
    const quantised = quantiseModel(graph, all, { ...options, weights: 'committed', imposed })
    return { ...quantised, model: versionOf(withBatch(quantised.model, architecture.batch), architecture) }
  }
  try {
    return version(false)
  } catch (error) {
    if (!(error instanceof ZkserveError && error.code === 'ARCHITECTURE_MISMATCH')) throw error
    return version(true)
  }
}

/** A model under an architecture's names and bounds. @throws ZkserveError `ARCHITECTURE_MISMATCH` */
export function versionOf(model: QModel, architecture: QModel): QModel {
  refuseOther(model, architecture)
  const version: QModel = {
    ...architecture,
    outputs: architecture.outputs.map((output, k) => ({ ...output, scale: model.outputs[k]!.scale })),
    tensors: architecture.tensors.map((tensor, id) => ({ ...tensor, scales: model.tensors[id]!.scales })),
    layers: architecture.layers.map((layer, at) => withWeightsOf(layer, model.layers[at]!)),
  }
  traceModel(version, 'committed', refuseExcess)
  if (!flagsHold(version))
    throw mismatch('the threshold lies beyond the scores that the architecture has room for')
  verifyQModel(version)
  return version
}

function withWeightsOf(layer: QLayer, from: QLayer): QLayer {
  if (layer.kind === 'combine' && from.kind === 'combine') return { ...layer, constant: from.constant }
  const isLinear = layer.kind === 'conv' || layer.kind === 'dense'
  if (!isLinear || (from.kind !== 'conv' && from.kind !== 'dense')) return layer
  return { ...layer, weight: from.weight, bias: from.bias }
}

function mismatch(message: string): ZkserveError {
  return new ZkserveError('ARCHITECTURE_MISMATCH', message)
}

function refuseExcess({ name }: QLayer, { lo, hi }: Interval, exact: Interval): Interval {
  if (exact.lo >= lo && exact.hi <= hi) return { lo, hi }
  throw mismatch(
    `the weights of "${name}" make sums in [${exact.lo}, ${exact.hi}], the architecture has room for [${lo}, ${hi}]`,
  )
}

/** Everything of a layer that its circuit shows, as text; names left out, and of hidden numbers all but their count. */
function publicPart({
  name: _name,
  operator: _operator,
  ...layer
}: QLayer): Readonly<Record<string, string>> {
  const hidden = new Set(
    isWeightLayer({ ...layer, name: '', operator: '' }) ? ['weight', 'bias', 'constant'] : [],
  )
  const shown = Object.entries(layer).map(([key, value]) => {
    const isArray = value instanceof Int32Array || value instanceof Float64Array
    if (isArray && hidden.has(key)) return [key, `${value.length} numbers`]
    return [
      key,
      JSON.stringify(value, (_, each) => (ArrayBuffer.isView(each) ? Array.from(each as Int32Array) : each)),
    ]
  })
  return Object.fromEntries(shown)
}

const short = (text = 'none'): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text)

/** @throws ZkserveError `ARCHITECTURE_MISMATCH` naming the first part that differs */
function refuseOther(model: QModel, architecture: QModel): void {
  architecture.layers.forEach((layer, at) => {
    const other = model.layers[at]
    if (other === undefined) throw mismatch(`the model ends before layer "${layer.name}" of the architecture`)
    const [expected, given] = [publicPart(layer), publicPart(other)]
    const key = [...Object.keys(expected), ...Object.keys(given)].find(
      (each) => expected[each] !== given[each],
    )
    if (key === undefined) return
    throw mismatch(
      `layer "${layer.name}" has ${key} ${short(given[key])}, in the architecture ${short(expected[key])}`,
    )
  })
  if (model.layers.length > architecture.layers.length) {
    throw mismatch(`layer "${model.layers[architecture.layers.length]!.name}" is not in the architecture`)
  }
  architecture.tensors.forEach(({ name, shape }, id) => {
    if (shape.join() !== model.tensors[id]?.shape.join()) {
      throw mismatch(`"${name}" has shape [${model.tensors[id]?.shape}], in the architecture [${shape}]`)
    }
  })
  const ports = ({ inputs, outputs, batch }: QModel) =>
    JSON.stringify([
      batch,
      inputs.map(({ name: _, ...input }) => input),
      outputs.map(({ name: _, scale: __, ...output }) => output),
    ])
  if (ports(model) !== ports(architecture)) throw mismatch('inputs or outputs differ from the architecture')
}
