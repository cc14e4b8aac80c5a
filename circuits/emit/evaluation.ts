/** Circom of an evaluation: the served network on every row of a chunk, and how many answers are the labels. */
import { evaluationChain, evaluationCost } from '#circuits/analyse/evaluation.js'
import { type Trace, traceModel } from '#circuits/analyse/trace.js'
import { emitInferences } from '#circuits/emit/batch.js'
import { EmitContext } from '#circuits/emit/context.js'
import { emitInference, includes, refuseFalseBounds } from '#circuits/emit/emit.js'
import { emitInputs, inputSignalNames } from '#circuits/emit/inputs.js'
import { emitWeightInputs } from '#circuits/emit/weights.js'
import { type Evaluation, evaluationInputs } from '#circuits/qmodel/evaluation.js'

export interface EmittedEvaluation {
  /** The Circom source; includes files of circuits/lib by name. */
  readonly source: string
  /** Constraints that circom will report. */
  readonly constraints: number
}

/**
 * Emits the circuit of an evaluation. Its layers are those of the served circuit, text for text; its public signals the
 * commitment to inputs and labels, the count of rows answered by their label, and the context.
 * @param trace with hidden weights, unless they are to be constants of the circuit
 * @throws ZkserveError `INVALID_QMODEL` where a bound that the model declares is too narrow
 */
export function emitEvaluation(
  evaluation: Evaluation,
  trace: Trace = traceModel(evaluation.model, 'committed'),
): EmittedEvaluation {
  const { model } = evaluation
  const isCommitted = trace.weights === 'committed'
  refuseFalseBounds(model, trace)
  const context = new EmitContext(model)
  const { text } = context
  const constraints = evaluationCost(evaluation, trace)
  text.line('pragma circom 2.1.6;')
  for (const file of [...includes(model, 'hashed'), 'equal.circom']) text.line(`include "${file}";`)
  text.line().line(`// ${constraints} constraints.`)
  const inputs = evaluationInputs(evaluation)
  const lanes = inputSignalNames(inputs, context.names)
  const [rows, labels] = [lanes.slice(0, -1), lanes.at(-1)!]
  emitInference(context, model, trace, rows)
  text.line().block('template Network()', () => {
    emitInputs(context, inputs, 'hashed', lanes, evaluationChain(evaluation))
    if (isCommitted) emitWeightInputs(context, model)
    text.line('signal output correct;')
    const answers = emitInferences(context, model, trace, rows)
    text.line().line('// The count of answers that are their labels.')
    text.line(`component matches[${model.batch}];`)
    text.line('var count = 0;')
    answers.forEach((answer, n) => {
      text.line(`matches[${n}] = Equal();`)
      text.line(`matches[${n}].left <== ${answer};`)
      text.line(`matches[${n}].right <== ${labels}[${n}];`)
      text.line(`count += matches[${n}].equal;`)
    })
    text.line('correct <== count;')
  })
  text
    .line()
    .line(`component main {public [context${isCommitted ? ', weights, blinding' : ''}]} = Network();`)
  return { source: text.toString(), constraints }
}
