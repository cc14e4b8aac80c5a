import { ZkserveError } from '#circuits/errors.js'
import { type FloatTensor, sizeOf } from '#circuits/graph/graph.js'
import { ofElement, type QInput, type QModel } from '#circuits/qmodel/qmodel.js'

export interface QuantisedInputs {
  /** By model input: integers within the input's range, row-major. */
  readonly integers: readonly Float64Array[]
  /** Elements that lay outside their range and were moved to its ends. */
  readonly saturated: number
  /** The same by model input. */
  readonly saturatedBy: readonly number[]
}

/** Integers of one input: rounded to its scale, values outside its range moved to the nearer end. */
export function quantiseInputs(
  model: Pick<QModel, 'inputs'>,
  inputs: ReadonlyMap<string, FloatTensor>,
): QuantisedInputs {
  const saturatedBy = model.inputs.map(() => 0)
  const integers = model.inputs.map((input, k) => {
    const tensor = inputs.get(input.name)
    const size = sizeOf(input.shape)
    if (!tensor || tensor.data.length !== size) {
      throw new ZkserveError(
        'INVALID_INPUT',
        `input "${input.name}" needs ${size} numbers, got ${tensor?.data.length ?? 0}`,
      )
    }
    return Float64Array.from(tensor.data, (value, i) => {
      const integer = Math.round(value / ofElement(input.scales, i))
      const [lo, hi] = inputRange(input, i)
      if (integer >= lo && integer <= hi) return integer + 0
      if (!Number.isFinite(value))
        throw new ZkserveError('INVALID_INPUT', `input "${input.name}" holds ${value}`)
      saturatedBy[k]!++
      return integer < lo ? lo : hi
    })
  })
  return { integers, saturated: saturatedBy.reduce((sum, count) => sum + count, 0), saturatedBy }
}

/** Smallest and largest integer of an input's element. */
export function inputRange(input: QInput, element: number): readonly [lo: number, hi: number] {
  const lo = ofElement(input.lows, element)
  return [lo, lo + 2 ** input.bits - 1]
}
