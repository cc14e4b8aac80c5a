/** From calibrated graphs to verified integer models. */
import { ZkserveError } from '#circuits/errors.js'
import type { QLayer, QModel, QTensor } from '#circuits/qmodel/qmodel.js'
import { verifyQModel } from '#circuits/qmodel/verify.js'
import { meaningOf } from '#circuits/quantise/answer.js'
import { outputsFit } from '#circuits/quantise/bounds.js'
import type { UnboundedTensor } from '#circuits/quantise/build.js'
import type { Calibrated } from '#circuits/quantise/calibrated.js'
import { boundsBy } from '#circuits/quantise/capacities.js'
import { lowerGraph } from '#circuits/quantise/lower.js'
import { type QuantiseOptions, widthOf } from '#circuits/quantise/options.js'
import { type RangeRule, rangesBy } from '#circuits/quantise/ranges.js'
import { chooseSaturation } from '#circuits/quantise/saturation.js'
import { compareOutput } from '#circuits/quantise/threshold.js'

/**
 * The layers of a model, whose bounds are not computed yet and whose flags are still scores.
 * @param coarser output units are made coarser by 2^coarser
 */
export function draftModel(
  calibrated: Calibrated,
  rule: RangeRule,
  options: QuantiseOptions,
  coarser = 0,
): QModel {
  return draft(calibrated, rule, options, coarser).model
}

interface Draft {
  readonly model: QModel
  readonly exactSaturations: ReadonlySet<QLayer>
}

function draft(
  { name, graph, ranges, histograms }: Calibrated,
  rule: RangeRule,
  options: QuantiseOptions,
  coarser: number,
): Draft {
  const narrowed = rangesBy(rule, graph, ranges, histograms, (value) => widthOf(options, value))
  const { builder, inputs, outputs, exactSaturations } = lowerGraph(graph, narrowed, options, coarser)
  const model: QModel = {
    name,
    batch: 1,
    inputs,
    outputs: outputs.map((output, k) => ({ ...output, meaning: meaningOf(graph, graph.outputs[k]!) })),
    layers: builder.layers,
    tensors: builder.tensors.map(unbounded),
  }
  return { model, exactSaturations }
}

/** The finished model under a rule. @throws ZkserveError `UNSUPPORTED_SHAPE`, `QUANTISATION_OVERFLOW`, `USAGE` */
export function finishModel(calibrated: Calibrated, rule: RangeRule, options: QuantiseOptions): QModel {
  const { threshold } = calibrated
  const withBounds = boundsBy(options)
  const shift = options.imposed?.layers.at(-1)?.layer.shifts[0]
  for (let coarser = 0; coarser < 32; coarser++) {
    const { model: unfinished, exactSaturations } = draft(calibrated, rule, options, coarser)
    const scores = withBounds(unfinished)
    const model =
      threshold === null ? scores : withBounds(compareOutput(scores, threshold.bound, threshold.asked, shift))
    if (!outputsFit(model)) continue
    // What saturates depends on weights, where it is decided by counting.
    const cheapest = options.weights === 'committed' ? model : chooseSaturation(model, exactSaturations)
    verifyQModel(cheapest)
    return cheapest
  }
  throw new ZkserveError('QUANTISATION_OVERFLOW', 'an output exceeds 32 bits whatever its scale')
}

function unbounded(tensor: UnboundedTensor): QTensor {
  return { ...tensor, lo: 0, hi: 0, signed: false, bits: 0 }
}
