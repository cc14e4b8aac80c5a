/** Evaluations: a model with one integer answer a row, run on rows with labels; the right answers are counted. */
import { ZkserveError } from '#circuits/errors.js'
import { sizeOf } from '#circuits/graph/graph.js'
import { withBatch } from '#circuits/qmodel/batch.js'
import { interpretIntegers } from '#circuits/qmodel/interpret.js'
import { bitLength, type QInput, type QModel } from '#circuits/qmodel/qmodel.js'

/** A model that is run on all rows of a chunk at once, and what its labels are. */
export interface Evaluation {
  /** Its batch is the number of rows. */
  readonly model: QModel
  /** The labels as one more input: unsigned integers, one a row. */
  readonly labels: QInput
}

/**
 * The evaluation of a model on chunks of `rows` rows.
 * @param served of a batch of 1, with one output of one element that is never negative, as `argmax` and `threshold` give
 * @throws ZkserveError `USAGE` for another model, or fewer than two rows
 */
export function evaluationOf(served: QModel, rows: number): Evaluation {
  const [output, ...others] = served.outputs
  const answer = served.tensors[output!.tensor]!
  const isOne = others.length === 0 && sizeOf(answer.shape) === 1 && answer.lo >= 0 && answer.hi > answer.lo
  if (served.batch !== 1 || !isOne) {
    throw new ZkserveError(
      'USAGE',
      'an evaluation takes a model that answers each input by one class or flag',
      {
        hints: ['Build the model with `--output argmax` or `--output threshold:…`, and without `--batch`.'],
      },
    )
  }
  if (!Number.isSafeInteger(rows) || rows < 2 || rows > 2 ** 16) {
    throw new ZkserveError('USAGE', `wrong rows: expected 2..65536, got ${rows}`)
  }
  const bits = Math.max(2, bitLength(answer.hi))
  const labels: QInput = { name: 'labels', tensor: -1, shape: [rows], scales: [1], lows: [0], bits }
  return { model: withBatch(served, rows), labels }
}

/** Inputs and labels, in the order in which they are committed to. */
export function evaluationInputs({ model, labels }: Evaluation): Pick<QModel, 'inputs'> {
  return { inputs: [...model.inputs, labels] }
}

/**
 * Rows that the model answers with their label: the specification of the circuit.
 * @param integers quantised inputs, through the batch, and after them the labels
 */
export function countCorrect({ model }: Evaluation, integers: readonly Float64Array[]): number {
  const labels = integers.at(-1)!
  const answers = interpretIntegers(model, integers.slice(0, -1))[model.outputs[0]!.tensor]!
  return labels.reduce((count, label, row) => count + (answers[row] === label ? 1 : 0), 0)
}
