/** What the circuit of an evaluation costs, and how it commits to its rows. */
import { batchCost } from '#circuits/analyse/account.js'
import { type Chain, chainCost, packedInputs, tagOf } from '#circuits/analyse/commitment.js'
import type { Trace } from '#circuits/analyse/trace.js'
import { type Evaluation, evaluationInputs } from '#circuits/qmodel/evaluation.js'

/** Elements that each permutation absorbs: so few that a contract can compute it, see `PoseidonPairs.sol`. */
const absorbed = 2

/** Field elements that hold a chunk's inputs and labels. */
export function evaluationWords(evaluation: Evaluation): number {
  return packedInputs(evaluationInputs(evaluation)).reduce((sum, { words }) => sum + words, 0)
}

/** The chain that commits to a chunk: salt and words by pairs, the salt once more where their number is odd. */
export function evaluationChain(evaluation: Evaluation): Chain {
  const pairs = Math.ceil((evaluationWords(evaluation) + 1) / absorbed)
  return {
    blocks: new Array<number>(pairs).fill(absorbed),
    tag: tagOf('zkserve/evaluation/1', evaluationInputs(evaluation)),
  }
}

/** Constraints that circom will report: two for each comparison, one each for the count, context and blinding. */
export function evaluationCost(evaluation: Evaluation, trace: Trace): number {
  const { model } = evaluation
  const range = packedInputs(evaluationInputs(evaluation)).reduce(
    (sum, { bits, count }) => sum + bits * count,
    0,
  )
  const layers = trace.layers.reduce((sum, layer) => sum + model.batch * layer.constraints, 0)
  const compared = batchCost(model, trace) + 2 * model.batch + 1
  const blinding = trace.weights === 'committed' ? 1 : 0
  return range + chainCost(evaluationChain(evaluation).blocks) + layers + compared + 1 + blinding
}
