/** Float graph → QModel. */
import { accountFor } from '#circuits/analyse/account.js'
import { traceModel } from '#circuits/analyse/trace.js'
import { ZkserveError } from '#circuits/errors.js'
import { countSteps } from '#circuits/graph/costs.js'
import { type FloatTensor, type Graph, nodeInputs } from '#circuits/graph/graph.js'
import { largestPartialSum } from '#circuits/qmodel/exact-sums.js'
import { bitLength, type QLayer, type QModel, type QTensor } from '#circuits/qmodel/qmodel.js'
import { verifyQModel } from '#circuits/qmodel/verify.js'
import type { UnboundedTensor } from '#circuits/quantise/build.js'
import { calibrate } from '#circuits/quantise/calibrate.js'
import { type LoweredModel, lowerGraph } from '#circuits/quantise/lower.js'
import type { QuantiseOptions } from '#circuits/quantise/options.js'
import { sinkReluBelowMaxPool } from '#circuits/quantise/reorder.js'

/** Terms of all sums together: each is held in memory as a factor and a wire. */
const maximumTerms = 2 ** 25
/** Outputs are lanes of 32 bits, two's complement. */
const outputLimit = 2 ** 31
/** Doubles hold every integer below; one bit is kept for rounding. */
const exactLimit = 2 ** 52

/**
 * Quantises an optimised graph.
 * @param rows calibration rows: one tensor per input, in the graph's shapes
 * @throws ZkserveError `INVALID_DATA`, `UNSUPPORTED_SHAPE`, `MODEL_TOO_LARGE`, `QUANTISATION_OVERFLOW`
 */
export function quantiseGraph(
  graph: Graph,
  rows: Iterable<ReadonlyMap<string, FloatTensor>>,
  options: QuantiseOptions,
): QModel {
  refuseHuge(graph)
  const ordered = sinkReluBelowMaxPool(graph)
  const ranges = calibrate(ordered, rows)
  for (let coarser = 0; coarser < 32; coarser++) {
    const model = bounded(graph.name, lowerGraph(ordered, ranges, options, coarser))
    if (outputsFit(model)) {
      const cheapest = chooseSaturation(model)
      verifyQModel(cheapest)
      return cheapest
    }
  }
  throw new ZkserveError('QUANTISATION_OVERFLOW', 'an output exceeds 32 bits whatever its scale')
}

function outputsFit(model: QModel): boolean {
  return model.outputs.every(({ tensor }) => {
    const { lo, hi } = model.tensors[tensor]!
    return lo >= -outputLimit && hi < outputLimit
  })
}

function refuseHuge(graph: Graph): void {
  const shapeOf = (name: string) => graph.shapes.get(name)!
  const terms = graph.nodes.reduce(
    (sum, node) => sum + countSteps(node, shapeOf(node.output), nodeInputs(node).map(shapeOf)),
    0,
  )
  if (terms <= maximumTerms) return
  throw new ZkserveError(
    'MODEL_TOO_LARGE',
    `the model has ${terms} products, at most ${maximumTerms} are supported`,
    {
      hints: ['Use a smaller model or input: its circuit would have millions of constraints.'],
      details: { terms, limit: maximumTerms },
    },
  )
}

/** Fills in the exact bounds of every tensor. */
function bounded(name: string, lowered: LoweredModel): QModel {
  const { builder, inputs, outputs } = lowered
  return withBounds({
    name,
    batch: 1,
    inputs,
    outputs,
    layers: builder.layers,
    tensors: builder.tensors.map(unbounded),
  })
}

function unbounded(tensor: UnboundedTensor): QTensor {
  return { ...tensor, lo: 0, hi: 0, signed: false, bits: 0 }
}

function withBounds(model: QModel): QModel {
  const { elements } = traceModel(model)
  const tensors = model.tensors.map((tensor, id) => {
    let lo = Number.POSITIVE_INFINITY
    let hi = Number.NEGATIVE_INFINITY
    for (const element of elements[id]!) {
      lo = Math.min(lo, element.lo)
      hi = Math.max(hi, element.hi)
    }
    if (lo <= -exactLimit || hi >= exactLimit) {
      throw new ZkserveError(
        'QUANTISATION_OVERFLOW',
        `"${tensor.name}" ranges over [${lo}, ${hi}], beyond 52 bits`,
      )
    }
    const signed = lo < 0
    const bits = Math.max(1, bitLength(Math.max(hi, 0)), bitLength(Math.max(-lo - 1, 0))) + (signed ? 1 : 0)
    return { ...tensor, lo, hi, signed, bits }
  })
  const inexact = model.layers.find((layer) => largestPartialSum(layer, tensors) > 2 * exactLimit)
  if (inexact) {
    throw new ZkserveError('QUANTISATION_OVERFLOW', `the sums of "${inexact.name}" may exceed 53 bits`)
  }
  return { ...model, tensors }
}

/** The model with bounds, or null where one leaves the exact range. */
function withBoundsOrNull(model: QModel): QModel | null {
  try {
    return withBounds(model)
  } catch (error) {
    if (error instanceof ZkserveError && error.code === 'QUANTISATION_OVERFLOW') return null
    throw error
  }
}

/**
 * Lets an activation exceed its nominal width where cutting it off would cost more constraints than the wider
 * sums that follow. Decided layer by layer from the front, by counting.
 */
function chooseSaturation(model: QModel): QModel {
  let best = model
  let cost = accountFor(model, traceModel(model), 'public').total
  for (let at = 0; at < model.layers.length; at++) {
    const layer = best.layers[at]!
    if (layer.kind !== 'rescale' || layer.saturate === null) continue
    const open: QLayer = { ...layer, saturate: null }
    const candidate = withBoundsOrNull({ ...best, layers: best.layers.with(at, open) })
    if (candidate === null || !outputsFit(candidate)) continue
    const openCost = accountFor(candidate, traceModel(candidate), 'public').total
    if (openCost > cost) continue
    best = candidate
    cost = openCost
  }
  return best
}
