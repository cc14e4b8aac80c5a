import type { Hex } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { Evaluation } from '#circuits/qmodel/evaluation.js'
import type { Bundle } from '#prover/bundle/load.js'
import type { Evaluator } from '#prover/evaluation/build.js'
import { chunkOfWords } from '#prover/evaluation/chunk.js'
import { type Chunk, type EvaluatedVersion, proveCount } from '#prover/evaluation/prove.js'
import { verificationKeyHash } from '#prover/key/encode.js'
import type { Prover } from '#prover/prover.js'
import type { ChainReader, ChainWriter } from '#service/chain/connect-chain.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'
import { countBinding, type EvaluationBinding } from '#service/chain/evaluation-ids.js'
import {
  type ChunkProof,
  proveCounts,
  publishLink,
  readRevealedChunks,
} from '#service/chain/linked-evaluations.js'
import type { ArenaPlace } from '#service/chain/read-contest.js'
import { findLink, readCountedChunks } from '#service/chain/read-links.js'
import type { SentTransaction } from '#service/chain/send-transaction.js'

/** A registered version, its weights, and the evaluator under whose key they are committed to once more. */
export interface EnteredVersion {
  readonly evaluator: Evaluator
  readonly bundle: Bundle
  readonly modelId: bigint
  readonly version: number
  readonly linked: EvaluatedVersion
}

/** Links a version unless it is linked so already. @returns the link's number @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export async function ensureLink(
  chain: ChainWriter,
  { evaluations, registry }: Pick<ArenaPlace, 'evaluations' | 'registry'>,
  evaluatorId: Hex,
  { modelId, version, linked }: EnteredVersion,
): Promise<{ readonly evaluation: number; readonly transaction?: SentTransaction }> {
  const vkHash = verificationKeyHash(linked.verificationKey)
  const subject = { evaluations, evaluatorId, modelId, version }
  const found = await findLink(chain, { ...subject, registry, vkHash })
  return found === null ? publishLink(chain, { ...subject, linked }) : { evaluation: found }
}

/** A contest's test set, of which all must be revealed. */
export interface RevealedTestSet {
  readonly testSet: Hex
  readonly chunks: number
}

/** Chunks of a revealed test set that are not counted for a version yet. @throws INVALID_INPUT, CHAIN_UNREACHABLE */
export async function missingChunks(
  chain: ChainReader,
  { evaluations }: Pick<ArenaPlace, 'evaluations'>,
  { testSet, chunks }: RevealedTestSet,
  evaluation: Evaluation,
  { modelId, version }: Pick<EnteredVersion, 'modelId' | 'version'>,
): Promise<ReadonlyMap<number, Chunk>> {
  const revealed = await readRevealedChunks(chain, { evaluations, testSet })
  if (revealed.length < chunks) {
    const message = `${revealed.length} of ${chunks} chunks of the test set are revealed`
    throw new ZkserveError('CHAIN_REJECTED', message, {
      hints: ['Wait for the organiser to reveal the rest, until the time that `zkserve arena show` tells.'],
      details: { reason: 'NotRevealed' },
    })
  }
  const counted = await readCountedChunks(chain, { evaluations, testSet, modelId, version })
  return new Map(
    revealed
      .filter(({ chunk }) => !counted.has(chunk))
      .map(({ chunk, salt, words }) => [chunk, { integers: chunkOfWords(evaluation, words), salt }]),
  )
}

/** Proves the counts of chunks, one after the other. @throws PROVING_FAILED, CANCELLED */
export async function* proveChunks(
  { evaluator, bundle, modelId, version, linked }: EnteredVersion,
  chunks: ReadonlyMap<number, Chunk>,
  { testSet, ...contracts }: EvaluationBinding & { readonly testSet: Hex },
  prover: Prover,
  signal?: AbortSignal,
): AsyncGenerator<ChunkProof> {
  for (const [chunk, content] of chunks) {
    const binding = countBinding(contracts, { testSet, modelId, version, chunk })
    const proven = await proveCount(evaluator, bundle, linked, content, binding, prover, signal)
    const { proof } = encodeProofCalldata({ ...proven, ...binding })
    yield { chunk, correct: proven.correct, proof }
  }
}

/** What {@link proveEntry} takes beside the version. */
export interface ProvingOptions {
  /** Counts that go into one transaction. */
  readonly together: number
  readonly prover: Prover
  readonly signal?: AbortSignal
  /** Told after each proof. */
  onProven?(done: number, total: number): void
}

/**
 * Proves the counts of chunks and hands them in, some at a time: what was handed in stays when this is interrupted.
 * @returns the transactions
 * @throws PROVING_FAILED, CANCELLED, CHAIN_REJECTED, CHAIN_UNREACHABLE
 */
export async function proveEntry(
  chain: ChainWriter,
  { evaluations, verifier }: Pick<ArenaPlace, 'evaluations' | 'verifier'>,
  subject: { readonly testSet: Hex; readonly evaluation: number },
  entered: EnteredVersion,
  chunks: ReadonlyMap<number, Chunk>,
  { together, prover, signal, onProven }: ProvingOptions,
): Promise<SentTransaction[]> {
  const sent: SentTransaction[] = []
  const course = { chainId: chain.chainId, verifier, evaluations, testSet: subject.testSet }
  let proofs: ChunkProof[] = []
  let done = 0
  for await (const proof of proveChunks(entered, chunks, course, prover, signal)) {
    proofs.push(proof)
    onProven?.(++done, chunks.size)
    if (proofs.length < together && done < chunks.size) continue
    sent.push(await proveCounts(chain, { evaluations, ...subject, proofs }))
    proofs = []
  }
  return sent
}
