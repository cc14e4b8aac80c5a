/**
 * Capacities: the intervals that an architecture publishes for the results of its layers with weights. All widths
 * after such a layer come from its capacity, none from the weights.
 */
import type { Interval } from '#circuits/analyse/form.js'
import type { WeightLayer } from '#circuits/analyse/weight-plan.js'
import { ZkserveError } from '#circuits/errors.js'
import { bitLength, type QTensor } from '#circuits/qmodel/qmodel.js'

/** Gives the capacity of a layer, from the exact interval of its results with the weights at hand. */
export type CapacityRule = (layer: WeightLayer, output: QTensor, exact: Interval) => Interval

/** The capacities that a model declares as the bounds of its tensors; what exceeds them is no version of it. */
export const declaredCapacity: CapacityRule = ({ name }, { lo, hi }, exact) => {
  if (exact.lo >= lo && exact.hi <= hi) return { lo, hi }
  throw new ZkserveError(
    'INVALID_QMODEL',
    `the weights of "${name}" make sums in [${exact.lo}, ${exact.hi}], beyond the capacity [${lo}, ${hi}]`,
  )
}

/** The symmetric interval [-2^b, 2^b - 1] that holds the exact one, `headroom` bits wider. */
export function roundedCapacity(headroom: number): CapacityRule {
  return (_layer, _output, { lo, hi }) => {
    const bits = Math.max(bitLength(Math.max(hi, 0)), bitLength(Math.max(-lo - 1, 0))) + headroom
    return { lo: -(2 ** bits), hi: 2 ** bits - 1 }
  }
}
