/** Constraint accounting: what every part of a model's circuit costs, known before it is compiled. */
import { commitmentCost, packedInputs, packedWords } from '#circuits/analyse/commitment.js'
import type { Element } from '#circuits/analyse/element.js'
import { FormSum, isTrivial, wireForm } from '#circuits/analyse/form.js'
import { signedBits } from '#circuits/analyse/gadget.js'
import type { Trace } from '#circuits/analyse/trace.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'

/** `hashed`: a Poseidon commitment stands for the inputs; `public`: the packed inputs themselves do. */
export type InputMode = 'hashed' | 'public'

/** Output lanes of a public signal: 32 bits each. */
export const lanesPerSignal = 7
export const laneBits = 32

/** Constraints by part; `total` is what circom reports. */
export interface Account {
  readonly inputRange: number
  readonly inputBinding: number
  readonly layers: readonly number[]
  readonly outputPacking: number
  readonly context: number
  /** With committed weights: the constraint that binds the blinding number. */
  readonly blinding: number
  readonly total: number
}

/** Bits that tell an output's sign, or 0 where it is never negative. */
export function outputSignBits(element: Element): number {
  return element.lo >= 0 ? 0 : signedBits(element)
}

/** All output elements of the model, in the order of the public signals: through the batch, output by output. */
export function outputElements(model: QModel, trace: Trace): Element[] {
  return model.outputs.flatMap(({ tensor }) => {
    const elements = trace.elements[tensor]!
    if (model.batch === 1) return elements
    const handedOut = elements.map(batchOutput)
    return Array.from({ length: model.batch }, () => handedOut).flat()
  })
}

/** An output as the batch sees it: what is no single wire yet becomes one when an inference hands it out. */
function batchOutput(element: Element): Element {
  if (isTrivial(element.form)) return element
  return { ...element, form: wireForm(0) }
}

/** Constraints by which the inferences of a batch hand out their outputs. */
export function batchCost(model: QModel, trace: Trace): number {
  if (model.batch === 1) return 0
  const sums = model.outputs.flatMap(({ tensor }) =>
    trace.elements[tensor]!.filter(({ form }) => !isTrivial(form)),
  )
  return model.batch * sums.length
}

export function accountFor(model: QModel, trace: Trace, mode: InputMode): Account {
  const inputRange = packedInputs(model).reduce((sum, { bits, count }) => sum + bits * count, 0)
  const inputBinding = mode === 'hashed' ? commitmentCost(packedWords(model) + 1) : publicInputCost(model)
  const layers = trace.layers.map((layer) => model.batch * layer.constraints)
  const outputPacking = batchCost(model, trace) + outputCost(outputElements(model, trace))
  const context = 1
  const blinding = trace.weights === 'committed' ? 1 : 0
  const total =
    inputRange +
    inputBinding +
    layers.reduce((sum, count) => sum + count, 0) +
    outputPacking +
    context +
    blinding
  return { inputRange, inputBinding, layers, outputPacking, context, blinding, total }
}

/** One sum per packed word; a word of a single lane is the lane itself. */
function publicInputCost(model: QModel): number {
  return packedInputs(model).reduce((sum, { words, lanes, count }) => {
    const lastIsSingle = lanes > 1 && count % lanes === 1
    return sum + words - (lastIsSingle || lanes === 1 ? 1 : 0)
  }, 0)
}

function outputCost(elements: readonly Element[]): number {
  const sum = new FormSum()
  let constraints = 0
  for (const element of elements) {
    const bits = outputSignBits(element)
    if (bits === 0) continue
    sum.start(2 ** (bits - 1)).add(element.form, 1)
    constraints += bits + (isTrivial(sum.finish()) ? 0 : 1)
  }
  for (let first = 0; first < elements.length; first += lanesPerSignal) {
    const lanes = elements.slice(first, first + lanesPerSignal)
    const [lowest, ...others] = lanes
    const isWire =
      lowest!.lo >= 0 &&
      lowest!.form.wires.length > 0 &&
      isTrivial(lowest!.form) &&
      others.every(({ form }) => form.wires.length === 0 && form.constant === 0)
    constraints += isWire ? 0 : 1
  }
  return constraints
}
