import { type Address, encodeFunctionData, parseEventLogs } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { inferenceEvaluatorAbi } from '#contracts/generated/InferenceEvaluator.js'
import type { AgentContracts } from '#service/agents/deploy-agents.js'
import type { JobTerms } from '#service/agents/job-terms.js'
import type { ChainReader, ChainWriter } from '#service/chain/connect-chain.js'
import type { Inference } from '#service/chain/encode-proof-calldata.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'
import { toChainError } from '#service/chain/to-chain-error.js'

type Place = Pick<AgentContracts, 'evaluator'>

/** A proven answer to a job. */
export interface JobAnswer extends Pick<JobTerms, 'modelId' | 'version'> {
  readonly jobId: bigint
  /** Proven for the evaluator as requester and the job's nonce. */
  readonly inference: Pick<Inference, 'proof' | 'statement'>
}

/**
 * Hands in a proven answer, which completes the job and pays its provider; anyone may.
 *
 * @throws CHAIN_REJECTED with `details.reason`: InvalidProof, TermsDiffer, NotSubmitted, DeliveryLate, …
 */
export function deliverAnswer(
  chain: ChainWriter,
  { evaluator }: Place,
  { jobId, modelId, version, inference }: JobAnswer,
): Promise<SentTransaction> {
  const args = [jobId, modelId, version, inference.proof, inference.statement] as const
  const data = encodeFunctionData({ abi: inferenceEvaluatorAbi, functionName: 'deliver', args })
  return sendTransaction(chain, { to: evaluator, data })
}

/** Has a job that has expired rejected, which refunds its client; anyone may. @throws CHAIN_REJECTED (NotRejectable) */
export function rejectExpired(
  chain: ChainWriter,
  { evaluator }: Place,
  jobId: bigint,
): Promise<SentTransaction> {
  const data = encodeFunctionData({
    abi: inferenceEvaluatorAbi,
    functionName: 'rejectExpired',
    args: [jobId],
  })
  return sendTransaction(chain, { to: evaluator, data })
}

/** Has a job whose version was revoked rejected, which refunds its client; anyone may. */
export function rejectRevoked(
  chain: ChainWriter,
  { evaluator }: Place,
  { jobId, modelId, version, input }: JobTerms & { readonly jobId: bigint },
): Promise<SentTransaction> {
  const args = [jobId, modelId, version, input] as const
  const data = encodeFunctionData({ abi: inferenceEvaluatorAbi, functionName: 'rejectRevoked', args })
  return sendTransaction(chain, { to: evaluator, data })
}

/** The statement by which a job was completed, from the transaction that delivered it. @throws CHAIN_REJECTED */
export function deliveredStatement({ receipt }: SentTransaction, jobId: bigint): readonly bigint[] {
  const events = parseEventLogs({
    abi: inferenceEvaluatorAbi,
    eventName: 'AnswerDelivered',
    logs: receipt.logs,
  })
  const [delivered] = events.filter(({ args }) => args.jobId === jobId)
  if (!delivered) throw new ZkserveError('CHAIN_REJECTED', 'the transaction delivered no answer to the job')
  return delivered.args.statement
}

/** Which escrow, verifier and registry an evaluator stands on. @throws CHAIN_UNREACHABLE */
export async function readEvaluator(
  chain: ChainReader,
  { evaluator }: Place,
): Promise<{ readonly commerce: Address; readonly verifier: Address; readonly registry: Address }> {
  const contract = { address: evaluator, abi: inferenceEvaluatorAbi } as const
  try {
    const [commerce, verifier, registry] = await Promise.all([
      chain.client.readContract({ ...contract, functionName: 'commerce' }),
      chain.client.readContract({ ...contract, functionName: 'verifier' }),
      chain.client.readContract({ ...contract, functionName: 'registry' }),
    ])
    return { commerce, verifier, registry }
  } catch (error) {
    throw toChainError(error)
  }
}
