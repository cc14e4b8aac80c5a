/** Exact bounds of a model's tensors. */
import { type Trace, traceModel } from '#circuits/analyse/trace.js'
import { ZkserveError } from '#circuits/errors.js'
import { largestPartialSum } from '#circuits/qmodel/exact-sums.js'
import { bitLength, type QModel } from '#circuits/qmodel/qmodel.js'

/** Outputs are lanes of 32 bits, two's complement. */
const outputLimit = 2 ** 31
/** Doubles hold every integer below; one bit is kept for rounding. */
const exactLimit = 2 ** 52

/** Fills in the exact bounds of every tensor, or those of a given trace. @throws ZkserveError `QUANTISATION_OVERFLOW` */
export function withBounds(model: QModel, { elements }: Trace = traceModel(model)): QModel {
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

/** The model with bounds, or null where one leaves the exact range or an output its lane. */
export function withBoundsOrNull(
  model: QModel,
  bound: (model: QModel) => QModel = withBounds,
): QModel | null {
  try {
    const bounded = bound(model)
    return outputsFit(bounded) ? bounded : null
  } catch (error) {
    if (error instanceof ZkserveError && error.code === 'QUANTISATION_OVERFLOW') return null
    throw error
  }
}

/** Whether every output fits its 32 bits. */
export function outputsFit(model: QModel): boolean {
  return model.outputs.every(({ tensor }) => {
    const { lo, hi } = model.tensors[tensor]!
    return lo >= -outputLimit && hi < outputLimit
  })
}
