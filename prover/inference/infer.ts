import { ZkserveError } from '#circuits/errors.js'
import { type FloatTensor, type Shape, sizeOf } from '#circuits/graph/graph.js'
import { interpretIntegers } from '#circuits/qmodel/interpret.js'
import { ofElement, type QInput, type QModel, type QOutput } from '#circuits/qmodel/qmodel.js'

/** What a model answers: real numbers by output name, the integers that a proof speaks of, and the class. */
export interface Inference {
  readonly outputs: Readonly<Record<string, number[]>>
  readonly integers: Readonly<Record<string, number[]>>
  /** Index of the largest element of the first output (or its value, where it is a class already). */
  readonly label: number | null
  /** Input elements that lay outside the calibrated range and were moved to its ends. */
  readonly saturated: number
}

export interface QuantisedInputs {
  /** By model input: integers within the input's range, row-major. */
  readonly integers: readonly Float64Array[]
  readonly saturated: number
}

/** Integers of one input: rounded to its scale, values outside its range moved to the nearer end. */
export function quantiseInputs(model: QModel, inputs: ReadonlyMap<string, FloatTensor>): QuantisedInputs {
  let saturated = 0
  const integers = model.inputs.map((input) => {
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
      saturated++
      return integer < lo ? lo : hi
    })
  })
  return { integers, saturated }
}

/** Smallest and largest integer of an input's element. */
export function inputRange(input: QInput, element: number): readonly [lo: number, hi: number] {
  const lo = ofElement(input.lows, element)
  return [lo, lo + 2 ** input.bits - 1]
}

/**
 * Runs the integer model on real inputs.
 * @throws ZkserveError `INVALID_INPUT`
 */
export function infer(model: QModel, inputs: ReadonlyMap<string, FloatTensor>): Inference {
  const { integers, saturated } = quantiseInputs(model, inputs)
  return { ...inferIntegers(model, integers), saturated }
}

/** Runs the integer model on integers within range. */
export function inferIntegers(model: QModel, inputs: readonly Float64Array[]): Omit<Inference, 'saturated'> {
  const values = interpretIntegers(model, inputs)
  const integers = Object.fromEntries(
    model.outputs.map(({ name, tensor }) => [name, Array.from(values[tensor]!)]),
  )
  return describeIntegers(model, integers)
}

/** Real outputs and label from integer outputs by name. */
export function describeIntegers(
  model: QModel,
  integers: Readonly<Record<string, number[]>>,
): Omit<Inference, 'saturated'> {
  const outputs = Object.fromEntries(
    model.outputs.map((output) => [output.name, realOutput(output, integers[output.name]!)]),
  )
  return { outputs, integers, label: labelOf(model, integers) }
}

function realOutput(output: QOutput, integers: readonly number[]): number[] {
  const real = integers.map((value) => value * output.scale)
  return output.activation === null ? real : softmax(real, output.shape, output.activation)
}

function labelOf(model: QModel, integers: Readonly<Record<string, number[]>>): number | null {
  const [first] = model.outputs
  if (!first) return null
  const values = integers[first.name]!
  const isClass = model.layers.some((layer) => layer.kind === 'argMax' && layer.output === first.tensor)
  if (isClass) return values[0]!
  return values.length > 1 ? values.indexOf(Math.max(...values)) : null
}

function softmax(
  values: number[],
  shape: Shape,
  axes: { readonly axis: number; readonly axisEnd: number },
): number[] {
  const inner = sizeOf(shape.slice(axes.axisEnd))
  const length = sizeOf(shape.slice(axes.axis, axes.axisEnd))
  const result = [...values]
  for (let outer = 0; outer < values.length; outer += length * inner) {
    for (let i = 0; i < inner; i++) {
      const at = Array.from({ length }, (_, k) => outer + k * inner + i)
      const largest = Math.max(...at.map((k) => values[k]!))
      const total = at.reduce((sum, k) => sum + Math.exp(values[k]! - largest), 0)
      for (const k of at) result[k] = Math.exp(values[k]! - largest) / total
    }
  }
  return result
}
