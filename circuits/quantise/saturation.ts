import { accountFor } from '#circuits/analyse/account.js'
import { traceModel } from '#circuits/analyse/trace.js'
import type { WeightMode } from '#circuits/analyse/weight-plan.js'
import type { QLayer, QModel } from '#circuits/qmodel/qmodel.js'
import { withBoundsOrNull } from '#circuits/quantise/bounds.js'

/**
 * Lets an activation exceed its nominal width where cutting it off would cost more constraints than the wider
 * sums that follow. Decided layer by layer from the front, by counting.
 * @param exact layers whose saturation is part of what the model says
 */
export function chooseSaturation(model: QModel, exact: ReadonlySet<QLayer>): QModel {
  let best = model
  let cost = costOf(model)
  for (let at = 0; at < model.layers.length; at++) {
    const layer = best.layers[at]!
    if (layer.kind !== 'rescale' || layer.saturate === null || exact.has(layer)) continue
    const open: QLayer = { ...layer, saturate: null }
    const candidate = withBoundsOrNull({ ...best, layers: best.layers.with(at, open) })
    if (candidate === null) continue
    const openCost = costOf(candidate)
    if (openCost > cost) continue
    best = candidate
    cost = openCost
  }
  return best
}

/** Predicted constraints; how inputs are bound is the same for all models that are compared. */
export function costOf(model: QModel, weights?: WeightMode): number {
  return accountFor(model, traceModel(model, weights), 'public').total
}
