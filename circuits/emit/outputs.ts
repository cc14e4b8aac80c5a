/** Outputs as 32-bit two's complement lanes, seven to a public signal. */
import { laneBits, lanesPerSignal, outputElements, outputSignBits } from '#circuits/analyse/account.js'
import type { Trace } from '#circuits/analyse/trace.js'
import type { EmitContext } from '#circuits/emit/context.js'
import { sizeOf } from '#circuits/graph/graph.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'

/** Public signals that the outputs take. */
export function outputSignals(model: QModel): number {
  const lanes = model.outputs.reduce((sum, output) => sum + sizeOf(output.shape), 0)
  return Math.ceil(lanes / lanesPerSignal)
}

/** The Circom names of one inference's output elements, output by output. */
export function outputNames(context: EmitContext, model: QModel): string[][] {
  return model.outputs.map(({ tensor }) =>
    Array.from({ length: sizeOf(context.shape(tensor)) }, (_, i) => `${context.tensor(tensor)}[${i}]`),
  )
}

/**
 * Packs every output into the public signals.
 * @param names of all output elements, through the batch
 */
export function emitOutputs(
  { text }: EmitContext,
  model: QModel,
  trace: Trace,
  names: readonly string[],
): void {
  const elements = outputElements(model, trace)
  text
    .line()
    .line(`// Outputs: ${laneBits}-bit two's complement, ${lanesPerSignal} to a public signal, lowest first.`)
  text.line(`signal output outputs[${outputSignals(model)}];`)
  const lanes = names.map((value, j) => {
    const bits = outputSignBits(elements[j]!)
    if (bits === 0) return value
    text.line(`component sign${j} = Sign(${bits});`)
    text.line(`sign${j}.x <== ${value} + (1 << ${bits - 1});`)
    return `${value} + (1 - sign${j}.notNegative) * (1 << ${laneBits})`
  })
  for (let signal = 0; signal * lanesPerSignal < lanes.length; signal++) {
    const terms = lanes
      .slice(signal * lanesPerSignal, (signal + 1) * lanesPerSignal)
      .map((lane, j) => (j === 0 ? lane : `(${lane}) * (1 << ${laneBits * j})`))
    text.line(`outputs[${signal}] <== ${terms.join('\n      + ')};`)
  }
}
