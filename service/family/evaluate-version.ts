/** Evaluations of versions, from proofs of their answers to rows that everybody may see. */
import { zeroAddress } from 'viem'
import { type Dataset, datasetRow } from '#circuits/data/dataset.js'
import { ZkserveError } from '#circuits/errors.js'
import { sizeOf } from '#circuits/graph/graph.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import type { Bundle } from '#prover/bundle/load.js'
import { packInputs } from '#prover/inference/pack-inputs.js'
import { proveInference, readProvingFiles } from '#prover/prove.js'
import type { Prover } from '#prover/prover.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'
import {
  countAnswers,
  type EvaluatedAt,
  readCounted,
  readEvaluationsPlace,
} from '#service/chain/family/proven-evaluations.js'
import type { SentTransaction } from '#service/chain/send-transaction.js'
import { commitTestSet, type TestSet } from '#service/chain/test-set.js'

/** Rows in one transaction: 2^24 gas take some 150. */
const rowsAtOnce = 16
/** The contract's limit. */
const mostRows = 65_536

/** Rows with their classes. */
export interface LabelledRows extends Dataset {
  readonly labels: Int32Array
}

/** Rows as a test set of versions that take them as this one does. */
export interface RowsOfVersion {
  readonly data: LabelledRows
  readonly set: TestSet
}

/**
 * Commits to rows as a version takes them; versions that quantise their inputs alike get the same test set.
 *
 * @throws ZkserveError `USAGE` for a version whose answers cannot be counted, `INVALID_DATA` for rows without labels
 */
export function testSetOf(
  { model, manifest }: Pick<Bundle, 'model' | 'manifest'>,
  data: Dataset,
): RowsOfVersion {
  const [output, ...others] = model.outputs
  const isCountable =
    manifest.inputMode === 'public' &&
    model.batch === 1 &&
    others.length === 0 &&
    output!.meaning.kind === 'scores'
  if (!isCountable) {
    throw new ZkserveError('USAGE', 'its answers cannot be counted: inputs and all scores must be public', {
      hints: ['Build it with --input public and --output logits, without --batch.'],
    })
  }
  const { labels, count } = data
  if (labels === null || count > mostRows) {
    const message = `a test set has 1 to ${mostRows} rows with labels; the data have ${count}${labels === null ? ' without' : ''}`
    throw new ZkserveError('INVALID_DATA', message)
  }
  const rows = Array.from(labels, (label, row) => {
    const { integers } = quantiseInputs(model, datasetRow(data, row))
    return { input: packInputs(model, integers), label }
  })
  return { data: { ...data, labels }, set: commitTestSet(rows, sizeOf(output!.shape)) }
}

/** What {@link evaluateVersion} takes beside the version. */
export interface EvaluationOptions {
  readonly prover: Prover
  readonly signal?: AbortSignal
  /** Told after each row. */
  onRow?(done: number, total: number): void
}

/**
 * Proves a registered version's answers and has them counted, some at a time; what is counted already is passed over,
 * so that this goes on where it was interrupted.
 *
 * @returns the transactions, and the rows that they counted
 * @throws PROVING_FAILED, CANCELLED, CHAIN_REJECTED, CHAIN_UNREACHABLE
 */
export async function evaluateVersion(
  chain: ChainWriter,
  at: EvaluatedAt,
  bundle: Bundle,
  { data, set }: RowsOfVersion,
  { prover, signal, onRow }: EvaluationOptions,
): Promise<{ readonly sent: readonly SentTransaction[]; readonly counted: number }> {
  const { verifier } = await readEvaluationsPlace(chain, at.evaluations)
  const files = await readProvingFiles(bundle)
  const answerTo = async (index: number) => {
    // For anybody: the outcome is a fact, and nobody's to spend.
    const binding = { requester: zeroAddress, nonce: BigInt(index) }
    const context = { chainId: chain.chainId, verifier, ...binding }
    const options = signal === undefined ? { context } : { context, signal }
    const proven = await proveInference(bundle, prover, datasetRow(data, index), options, files)
    const row = { index, label: data.labels[index]!, path: set.pathOf(index) }
    return { row, answer: encodeProofCalldata({ ...proven, ...binding }) }
  }
  const sent: SentTransaction[] = []
  let counted = 0
  for (let first = 0; first < data.count; first += rowsAtOnce) {
    const rows = Array.from({ length: Math.min(rowsAtOnce, data.count - first) }, (_, k) => first + k)
    const isCounted = await readCounted(chain, at, { testSet: set.id, rows })
    const answers: Awaited<ReturnType<typeof answerTo>>[] = []
    for (const index of rows) {
      if (!isCounted[index - first]) answers.push(await answerTo(index))
      onRow?.(index + 1, data.count)
    }
    if (answers.length === 0) continue
    sent.push(await countAnswers(chain, at, set.terms, answers))
    counted += answers.length
  }
  return { sent, counted }
}
