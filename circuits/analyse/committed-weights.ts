/**
 * Weights as hidden numbers: which integers of a model a commitment binds, in the order in which the circuit takes
 * them. Layer by layer: the weights as they lie in the layer, then one offset per output channel; of a `combine`
 * its constant.
 */
import { committedBias, planWeights } from '#circuits/analyse/weight-plan.js'
import { ZkserveError } from '#circuits/errors.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'

/** How many numbers {@link committedWeights} gives: a property of the architecture. */
export function weightCount(model: QModel): number {
  return planWeights(model).reduce((sum, { weights, offsets }) => sum + weights + offsets, 0)
}

/**
 * The hidden integers of a model, in the order of the circuit's input `weights`.
 * @throws ZkserveError `QUANTISATION_OVERFLOW` where one exceeds 53 bits
 */
export function committedWeights(model: QModel): Float64Array {
  const values = new Float64Array(weightCount(model))
  for (const plan of planWeights(model)) {
    const layer = model.layers[plan.layer]!
    if (layer.kind === 'combine') {
      values.set(layer.constant!, plan.first)
    } else if (layer.kind === 'conv' || layer.kind === 'dense') {
      values.set(layer.weight, plan.first)
      values.set(committedBias(layer, plan.algorithm), plan.first + plan.weights)
    }
  }
  if (values.every(Number.isSafeInteger)) return values
  throw new ZkserveError('QUANTISATION_OVERFLOW', 'a hidden weight exceeds 53 bits')
}
