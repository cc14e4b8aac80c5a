import { roundedCapacity } from '#circuits/analyse/capacity.js'
import { traceModel } from '#circuits/analyse/trace.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { withBounds } from '#circuits/quantise/bounds.js'
import type { QuantiseOptions } from '#circuits/quantise/options.js'

/** What fills in the bounds of a model: exact ones, or with committed weights those of its architecture. */
export function boundsBy({ weights, headroom }: QuantiseOptions): (model: QModel) => QModel {
  return weights === 'committed' ? (model) => withCapacities(model, headroom) : (model) => withBounds(model)
}

/** Bits by which later versions' sums may be larger than those of the first. */
export const defaultHeadroom = 1

/**
 * A model whose bounds are those of its architecture: what a layer with weights makes has its capacity, the power
 * of two above the exact interval and `headroom` bits more, and all that follows has the bounds that this implies.
 * @throws ZkserveError `QUANTISATION_OVERFLOW`
 */
export function withCapacities(model: QModel, headroom = defaultHeadroom): QModel {
  return withBounds(model, traceModel(model, 'committed', roundedCapacity(headroom)))
}
