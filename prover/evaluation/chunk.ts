/** Chunks of test sets: rows and labels as field elements, and the commitment to them. */
import { evaluationChain, evaluationWords } from '#circuits/analyse/evaluation.js'
import type { Dataset } from '#circuits/data/dataset.js'
import { ZkserveError } from '#circuits/errors.js'
import type { FloatTensor } from '#circuits/graph/graph.js'
import { type Evaluation, evaluationInputs } from '#circuits/qmodel/evaluation.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import { absorbInputs, packInputs, unpackInputs } from '#prover/inference/pack-inputs.js'
import { loadPoseidon } from '#prover/inference/poseidon.js'

/** The rows of a chunk as integers: each input through the batch, then the labels. */
export type ChunkIntegers = readonly Float64Array[]

/**
 * Rows and labels as the circuit takes them.
 * @param inputs by name, as many rows as the evaluation has
 * @param labels of the rows, as the model answers them
 * @throws ZkserveError `INVALID_INPUT` for another number of labels, or one that no answer is
 */
export function chunkIntegers(
  { model, labels: port }: Evaluation,
  inputs: ReadonlyMap<string, FloatTensor>,
  labels: ArrayLike<number>,
): ChunkIntegers {
  const { hi } = model.tensors[model.outputs[0]!.tensor]!
  const values = Float64Array.from(labels)
  if (
    values.length !== port.shape[0] ||
    !values.every((label) => Number.isInteger(label) && label >= 0 && label <= hi)
  ) {
    throw new ZkserveError(
      'INVALID_INPUT',
      `wrong labels: expected ${port.shape[0]} integers from 0 to ${hi}`,
    )
  }
  return [...quantiseInputs(model, inputs).integers, values]
}

/** Field elements that reveal a chunk. */
export function chunkWords(evaluation: Evaluation, integers: ChunkIntegers): bigint[] {
  return packInputs(evaluationInputs(evaluation), integers)
}

/**
 * The chunk that {@link chunkWords} reveal.
 * @throws ZkserveError `INVALID_INPUT` for words that hold more than rows and labels: nobody can prove their count
 */
export function chunkOfWords(evaluation: Evaluation, words: readonly bigint[]): ChunkIntegers {
  const expected = evaluationWords(evaluation)
  if (words.length !== expected)
    throw new ZkserveError('INVALID_INPUT', `wrong words: expected ${expected}, got ${words.length}`)
  const integers = unpackInputs(evaluationInputs(evaluation), words)
  if (chunkWords(evaluation, integers).some((word, i) => word !== words[i]))
    throw new ZkserveError('INVALID_INPUT', 'a word of the chunk holds more than its rows and labels')
  return integers
}

/** The commitment that the circuit makes to a chunk, and `PoseidonPairs.sol`. @param salt below the field's order */
export async function commitChunk(
  evaluation: Evaluation,
  integers: ChunkIntegers,
  salt: bigint,
): Promise<bigint> {
  const hash = await loadPoseidon()
  const start = (tag: bigint) => hash.F.e(tag)
  const state = absorbInputs(
    evaluationInputs(evaluation),
    integers,
    salt,
    start,
    hash,
    evaluationChain(evaluation),
  )
  return hash.F.toObject(state)
}

/**
 * Rows of a dataset as a chunk.
 * @param first index of its first row
 * @throws ZkserveError `INVALID_INPUT` where the data have no labels, or too few rows
 */
export function chunkOfRows(
  evaluation: Evaluation,
  { count, inputs, labels }: Dataset,
  first: number,
): ChunkIntegers {
  const rows = evaluation.model.batch
  if (labels === null || first + rows > count) {
    throw new ZkserveError('INVALID_INPUT', `the data have no ${rows} rows with labels from row ${first} on`)
  }
  const cut = new Map(
    Array.from(inputs, ([name, { shape, data }]) => {
      const size = data.length / count
      return [
        name,
        { shape: [rows, ...shape.slice(1)], data: data.subarray(first * size, (first + rows) * size) },
      ]
    }),
  )
  return chunkIntegers(evaluation, cut, labels.subarray(first, first + rows))
}
