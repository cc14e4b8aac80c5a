/** Several inferences in one circuit: a template of one, and the network that runs it for every row. */
import type { Trace } from '#circuits/analyse/trace.js'
import type { EmitContext } from '#circuits/emit/context.js'
import { sizeOf } from '#circuits/graph/graph.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'

const signalOf = (k: number): string => `out_${k}`

/** The input signals of one inference: lanes that the network has in range. */
export function emitInferenceInputs(context: EmitContext, model: QModel, lanes: readonly string[]): void {
  model.inputs.forEach(({ tensor }, k) => {
    context.text.line(`signal input ${lanes[k]}[${sizeOf(context.shape(tensor))}];`)
  })
}

/** Closes the template of one inference: each output as a signal. */
export function emitInferenceOutputs(context: EmitContext, model: QModel): void {
  const { text } = context
  text.line().line('// What the inference hands out.')
  model.outputs.forEach(({ tensor }, k) => {
    const size = sizeOf(context.shape(tensor))
    text.line(`signal output ${signalOf(k)}[${size}];`)
    text.loops([['i', size]], () => text.line(`${signalOf(k)}[i] <== ${context.tensor(tensor)}[i];`))
  })
}

/**
 * Runs the inference on every row of the inputs.
 * @returns the Circom names of all output elements, through the batch
 */
export function emitInferences(
  context: EmitContext,
  model: QModel,
  trace: Trace,
  lanes: readonly string[],
): string[] {
  const { text } = context
  text.line().line(`// ${model.batch} inferences.`)
  text.line(`component inference[${model.batch}];`)
  text.loops([['n', model.batch]], () => {
    text.line('inference[n] = Inference();')
    lanes.forEach((name, k) => {
      const size = sizeOf(context.shape(model.inputs[k]!.tensor))
      text.loops([['i', size]], () => text.line(`inference[n].${name}[i] <== ${name}[n * ${size} + i];`))
    })
    if (trace.weights === 'committed') text.line('inference[n].weights <== weights;')
  })
  return model.outputs.flatMap(({ tensor }, k) =>
    Array.from({ length: model.batch }, (_, n) =>
      trace.elements[tensor]!.map(({ form }, i) =>
        // A constant is written as such: circom does not simplify sums that it enters through a signal.
        form.wires.length === 0 ? String(form.constant) : `inference[${n}].${signalOf(k)}[${i}]`,
      ),
    ).flat(),
  )
}
