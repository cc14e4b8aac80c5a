import { type FloatTensor, type Shape, sizeOf } from '#circuits/graph/graph.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import { interpretIntegers } from '#circuits/qmodel/interpret.js'
import type { OutputMeaning, OutputSoftmax, QModel, QOutput } from '#circuits/qmodel/qmodel.js'

/** What a model answers: real numbers by output name, the integers that a proof speaks of, and the class. */
export interface Inference {
  readonly outputs: Readonly<Record<string, number[]>>
  readonly integers: Readonly<Record<string, number[]>>
  /** The class that the first output names, the best of several, or its only flag; null where it holds values. */
  readonly label: number | null
  /** Labels of all inferences of a batch; `label` is the one where there is one. */
  readonly labels: (number | null)[]
  /** Input elements that lay outside the calibrated range and were moved to its ends. */
  readonly saturated: number
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
  model: Pick<QModel, 'outputs' | 'batch'>,
  integers: Readonly<Record<string, number[]>>,
): Omit<Inference, 'saturated'> {
  const outputs = Object.fromEntries(
    model.outputs.map((output) => [output.name, realOutput(output, integers[output.name]!)]),
  )
  const labels = labelsOf(model, integers)
  return { outputs, integers, label: labels.length === 1 ? labels[0]! : null, labels }
}

function realOutput(output: QOutput, integers: readonly number[]): number[] {
  const real = integers.map((value) => value * output.scale)
  return output.activation === null ? real : softmax(real, output.shape, output.activation)
}

/** What the first output says in one number: the class, the best of several, or the one flag. */
function labelsOf(
  model: Pick<QModel, 'outputs' | 'batch'>,
  integers: Readonly<Record<string, number[]>>,
): (number | null)[] {
  const { name, meaning } = model.outputs[0]!
  const values = integers[name]!
  const size = values.length / model.batch
  return Array.from({ length: model.batch }, (_, row) =>
    labelOf(meaning, values.slice(row * size, (row + 1) * size)),
  )
}

function labelOf(meaning: OutputMeaning, values: readonly number[]): number | null {
  switch (meaning.kind) {
    case 'values':
      return null
    case 'scores':
      return values.indexOf(Math.max(...values))
    case 'class':
    case 'flags':
      return values.length === 1 ? values[0]! : null
    case 'classes':
      return values[0]!
  }
}

function softmax(values: number[], shape: Shape, axes: OutputSoftmax): number[] {
  const inner = sizeOf(shape.slice(axes.axisEnd))
  const length = sizeOf(shape.slice(axes.axis, axes.axisEnd))
  const result = [...values]
  for (let outer = 0; outer < values.length; outer += length * inner) {
    for (let i = 0; i < inner; i++) {
      const at = Array.from({ length }, (_, k) => outer + k * inner + i)
      const largest = Math.max(...at.map((k) => values[k]!))
      const total = at.reduce((sum, k) => sum + Math.exp(values[k]! - largest), 0)
      for (const k of at) {
        const difference = values[k]! - largest
        result[k] = axes.kind === 'logSoftmax' ? difference - Math.log(total) : Math.exp(difference) / total
      }
    }
  }
  return result
}
