/** Calls of the contract LinkedEvaluations: evaluators, test sets, links, counts. */

import { type Address, encodeFunctionData, type Hex, parseEventLogs } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { linkedEvaluationsAbi, linkedEvaluationsBytecode } from '#contracts/generated/LinkedEvaluations.js'
import type { Evaluator } from '#prover/evaluation/build.js'
import type { EvaluatedVersion } from '#prover/evaluation/prove.js'
import { g2PointOf } from '#prover/key/span-check.js'
import { spanKeyPoint } from '#prover/weights/commitment-key.js'
import { asked } from '#service/chain/asked.js'
import type { ChainReader, ChainWriter } from '#service/chain/connect-chain.js'
import { type DeployedContract, deployContract } from '#service/chain/deploy-contract.js'
import type { ProofWords } from '#service/chain/encode-proof-calldata.js'
import { ensureArchitecture } from '#service/chain/ensure-architecture.js'
import {
  type EvaluatorRecord,
  evaluatorIdOf,
  evaluatorRecord,
  linkWords,
  testSetIdOf,
} from '#service/chain/evaluation-ids.js'
import { collectEvents } from '#service/chain/search-events.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

const abi = linkedEvaluationsAbi

/** Where a LinkedEvaluations contract is. */
export interface EvaluationsAt {
  readonly evaluations: Address
}

/** Deploys LinkedEvaluations for the versions of the verifier's registry. */
export function deployEvaluations(
  chain: ChainWriter,
  { verifier }: { verifier: Address },
): Promise<DeployedContract> {
  return deployContract(chain, linkedEvaluationsAbi, linkedEvaluationsBytecode, [verifier])
}

/**
 * Publishes an evaluator and, where it is missing, its architecture.
 * @throws CHAIN_REJECTED, CHAIN_UNREACHABLE
 */
export async function publishEvaluator(
  chain: ChainWriter,
  { evaluations, registry, evaluator }: EvaluationsAt & { registry: Address; evaluator: Evaluator },
): Promise<{
  readonly evaluatorId: Hex
  readonly record: EvaluatorRecord
  readonly transaction: SentTransaction
}> {
  const spanKey = g2PointOf(spanKeyPoint(evaluator.commitmentKey))
  await ensureArchitecture(chain, registry, { verificationKey: evaluator.architectureKey, spanKey })
  const record = evaluatorRecord(evaluator)
  const data = encodeFunctionData({ abi, functionName: 'publishEvaluator', args: [record] })
  const transaction = await sendTransaction(chain, { to: evaluations, data })
  return { evaluatorId: evaluatorIdOf(record), record, transaction }
}

/** Publishes a test set by the commitments to its chunks. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export async function publishTestSet(
  chain: ChainWriter,
  { evaluations, evaluatorId, chunks }: EvaluationsAt & { evaluatorId: Hex; chunks: readonly bigint[] },
): Promise<{ readonly testSet: Hex; readonly transaction: SentTransaction }> {
  const data = encodeFunctionData({ abi, functionName: 'publishTestSet', args: [evaluatorId, chunks] })
  const transaction = await sendTransaction(chain, { to: evaluations, data })
  return { testSet: testSetIdOf(evaluatorId, chunks), transaction }
}

/** What opens the commitment to a chunk. */
export interface ChunkOpening extends EvaluationsAt {
  readonly testSet: Hex
  readonly chunk: number
  readonly salt: bigint
  /** As `chunkWords` gives them. */
  readonly words: readonly bigint[]
}

/** Reveals a chunk, in about 17,000 gas a word. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export function revealChunk(
  chain: ChainWriter,
  { evaluations, testSet, chunk, salt, words }: ChunkOpening,
): Promise<SentTransaction> {
  const args = [testSet, BigInt(chunk), salt, words] as const
  return sendTransaction(chain, {
    to: evaluations,
    data: encodeFunctionData({ abi, functionName: 'revealChunk', args }),
  })
}

/** A registered version, and what links it to an evaluator. */
export interface LinkedVersion extends EvaluationsAt {
  readonly evaluatorId: Hex
  readonly modelId: bigint
  readonly version: number
  readonly linked: Pick<EvaluatedVersion, 'commitment' | 'spanProof' | 'link'>
}

/** Links a version; @returns the number by which proofs name it. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export async function publishLink(
  chain: ChainWriter,
  { evaluations, evaluatorId, modelId, version, linked }: LinkedVersion,
): Promise<{ readonly evaluation: number; readonly transaction: SentTransaction }> {
  const { weights, proof } = linkWords(linked)
  const args = [evaluatorId, modelId, version, weights, proof] as const
  const data = encodeFunctionData({ abi, functionName: 'link', args })
  const transaction = await sendTransaction(chain, { to: evaluations, data })
  const [event] = parseEventLogs({ abi, eventName: 'VersionLinked', logs: transaction.receipt.logs })
  if (!event) throw new ZkserveError('CHAIN_REJECTED', 'the version was not linked')
  return { evaluation: event.args.evaluation, transaction }
}

/** The count of a chunk as the contract takes it. */
export interface ChunkProof {
  readonly chunk: number
  readonly correct: number
  readonly proof: ProofWords
}

/** Hands in counts of a linked version; all must hold. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export function proveCounts(
  chain: ChainWriter,
  counts: EvaluationsAt & { testSet: Hex; evaluation: number; proofs: readonly ChunkProof[] },
): Promise<SentTransaction> {
  const args = [counts.testSet, counts.evaluation, counts.proofs] as const
  return sendTransaction(chain, {
    to: counts.evaluations,
    data: encodeFunctionData({ abi, functionName: 'prove', args }),
  })
}

/** A chunk that was revealed, as its event tells. */
export type RevealedChunk = Pick<ChunkOpening, 'chunk' | 'salt' | 'words'>

/** The revealed chunks of a test set, in their order. @throws CHAIN_UNREACHABLE */
export async function readRevealedChunks(
  chain: ChainReader,
  { evaluations: address, testSet }: EvaluationsAt & { testSet: Hex },
): Promise<RevealedChunk[]> {
  const filter = { address, abi, eventName: 'ChunkRevealed', args: { testSet } } as const
  const events = await collectEvents(chain, (range) =>
    chain.client.getContractEvents({ ...filter, ...range, strict: true }),
  )
  return events
    .map(({ args }) => ({ chunk: Number(args.chunk), salt: args.salt, words: args.words }))
    .sort((a, b) => a.chunk - b.chunk)
}

/** What is proven of a version's accuracy; null where not every row is counted. @throws CHAIN_UNREACHABLE */
export async function readEvaluation(
  { client }: ChainReader,
  {
    evaluations,
    modelId,
    version,
    testSet,
  }: EvaluationsAt & Pick<LinkedVersion, 'modelId' | 'version'> & { testSet: Hex },
): Promise<{ readonly correct: number; readonly rows: number } | null> {
  const args = [modelId, version, testSet] as const
  const [proven, correct, rows] = await asked(() =>
    client.readContract({ ...{ address: evaluations, abi, functionName: 'evaluationOf', args } }),
  )
  return proven ? { correct, rows } : null
}
