/** Circom from a QModel: one template that reads from top to bottom as the network runs. */
import { type Account, accountFor, type InputMode } from '#circuits/analyse/account.js'
import { isAffine } from '#circuits/analyse/affine.js'
import { weightCount } from '#circuits/analyse/committed-weights.js'
import { type Trace, type TracedLayer, traceModel } from '#circuits/analyse/trace.js'
import type { WeightMode } from '#circuits/analyse/weight-plan.js'
import { emitAffine } from '#circuits/emit/affine.js'
import { emitInferenceInputs, emitInferenceOutputs, emitInferences } from '#circuits/emit/batch.js'
import { EmitContext } from '#circuits/emit/context.js'
import { emitMaxPool, emitRescale } from '#circuits/emit/gadgets.js'
import { emitInputs, emitInputValues, inputSignalNames } from '#circuits/emit/inputs.js'
import { emitMatMul } from '#circuits/emit/mat-mul.js'
import { emitOutputs, outputNames } from '#circuits/emit/outputs.js'
import { emitArgMax, emitTopK } from '#circuits/emit/rank.js'
import { emitTable } from '#circuits/emit/table.js'
import { emitWeightInputs, emitWeights } from '#circuits/emit/weights.js'
import { ZkserveError } from '#circuits/errors.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'

export interface EmittedCircuit {
  /** The Circom source; includes files of circuits/lib by name. */
  readonly source: string
  /** Constraints that circom will report, by part. */
  readonly account: Account
}

export interface EmitOptions {
  /** Whether weights are constants of the circuit, or hidden inputs of it. By default as the trace has them. */
  readonly weights?: WeightMode
  /** The model's trace, where it is at hand. */
  readonly trace?: Trace
}

/**
 * Emits the circuit of a model. Deterministic: the same model gives the same text, with committed weights the same
 * architecture does.
 * @throws ZkserveError `INVALID_QMODEL` where a bound that the model declares is too narrow
 */
export function emitCircuit(model: QModel, mode: InputMode, options: EmitOptions = {}): EmittedCircuit {
  const trace = options.trace ?? traceModel(model, options.weights)
  const isCommitted = trace.weights === 'committed'
  refuseFalseBounds(model, trace)
  const context = new EmitContext(model)
  const { text } = context
  const account = accountFor(model, trace, mode)
  text.line('pragma circom 2.1.6;')
  for (const file of includes(model, mode)) text.line(`include "${file}";`)
  text.line()
  text.line(
    `// ${account.total} constraints: ${account.inputRange} input range, ${account.inputBinding} input binding,`,
  )
  text.line(
    `// ${account.layers.reduce((sum, count) => sum + count, 0)} layers, ${account.outputPacking} outputs, 1 context${isCommitted ? ', 1 blinding' : ''}.`,
  )
  const lanes = inputSignalNames(model, context.names)
  if (model.batch === 1) {
    text.block('template Network()', () => {
      emitInputs(context, model, mode, lanes)
      if (isCommitted) emitWeightInputs(context, model)
      emitInputValues(context, model, lanes)
      emitLayers(context, trace)
      emitOutputs(context, model, trace, outputNames(context, model).flat())
    })
  } else {
    emitInference(context, model, trace, lanes)
    text.line().block('template Network()', () => {
      emitInputs(context, model, mode, lanes)
      if (isCommitted) emitWeightInputs(context, model)
      emitOutputs(context, model, trace, emitInferences(context, model, trace, lanes))
    })
  }
  text
    .line()
    .line(`component main {public [context${isCommitted ? ', weights, blinding' : ''}]} = Network();`)
  return { source: text.toString(), account }
}

/** The template of one inference of a batch, `Inference`. */
export function emitInference(
  context: EmitContext,
  model: QModel,
  trace: Trace,
  lanes: readonly string[],
): void {
  const { text } = context
  text.block('template Inference()', () => {
    emitInferenceInputs(context, model, lanes)
    if (trace.weights === 'committed') text.line(`signal input weights[${weightCount(model)}];`)
    emitInputValues(context, model, lanes)
    emitLayers(context, trace)
    emitInferenceOutputs(context, model)
  })
}

function emitLayers(context: EmitContext, { layers }: Trace): void {
  for (const layer of layers) {
    context.text.line().line(`// ${layer.constraints} constraints`)
    emitLayer(context, layer)
  }
}

/** The files of circuits/lib that a model's circuit takes. */
export function includes({ layers }: QModel, mode: InputMode): string[] {
  return [
    'bits.circom',
    'rescale.circom',
    'maximum.circom',
    ...(layers.some(({ kind }) => kind === 'table') ? ['table.circom'] : []),
    ...(mode === 'hashed' ? ['commitment.circom'] : []),
  ]
}

function emitLayer(context: EmitContext, { layer, plan }: TracedLayer): void {
  if (plan.kind === 'weights') emitWeights(context, layer, plan.traced)
  else if (plan.kind === 'rescale' && layer.kind === 'rescale')
    emitRescale(context, layer, plan.gadgets, plan.open)
  else if (plan.kind === 'maxPool' && layer.kind === 'maxPool') emitMaxPool(context, layer, plan.widths)
  else if (plan.kind === 'argMax' && layer.kind === 'argMax') emitArgMax(context, layer, plan.rounds)
  else if (plan.kind === 'table' && layer.kind === 'table') emitTable(context, layer, plan.gadgets, plan.open)
  else if (plan.kind === 'matMul' && layer.kind === 'matMul') emitMatMul(context, layer, plan.constants)
  else if (plan.kind === 'topK' && layer.kind === 'topK') emitTopK(context, layer, plan.widths)
  else if (isAffine(layer)) emitAffine(context, layer)
}

/** Widths come from the trace, 32-bit lanes and exactness from the model's own bounds: they must be the same. */
export function refuseFalseBounds(model: QModel, { elements }: Trace): void {
  model.tensors.forEach(({ name, lo, hi }, id) => {
    if (elements[id]!.every((element) => element.lo >= lo && element.hi <= hi)) return
    throw new ZkserveError(
      'INVALID_QMODEL',
      `tensor "${name}" leaves the bounds [${lo}, ${hi}] that it declares`,
    )
  })
}
