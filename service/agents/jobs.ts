import { type Address, encodeFunctionData, erc20Abi, type Hex, parseEventLogs, zeroAddress } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { agenticCommerceAbi } from '#contracts/generated/AgenticCommerce.js'
import type { AgentContracts } from '#service/agents/deploy-agents.js'
import { describeTerms, type JobTerms } from '#service/agents/job-terms.js'
import type { ChainReader, ChainWriter } from '#service/chain/connect-chain.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'
import { toChainError } from '#service/chain/to-chain-error.js'

type Escrow = Pick<AgentContracts, 'commerce'>

/** In the order of ERC-8183's states. */
const statuses = ['open', 'funded', 'submitted', 'completed', 'rejected', 'expired'] as const

export type JobStatus = (typeof statuses)[number]

/** A job as the escrow has it. */
export interface Job {
  readonly id: bigint
  readonly client: Address
  readonly provider: Address
  readonly evaluator: Address
  readonly description: string
  /** In units of the token. */
  readonly budget: bigint
  /** From this second since 1970 on it can be refunded. */
  readonly expiredAt: number
  readonly status: JobStatus
}

/** A job to be made. */
export interface NewJob {
  readonly terms: JobTerms
  readonly provider: Address
  /** In units of the token. */
  readonly budget: bigint
  /** Seconds since 1970. */
  readonly expiredAt: number
  /** For people; stands behind the terms. */
  readonly brief?: string
}

/**
 * Creates a job, sets its price, and escrows it; four transactions.
 *
 * @returns the job's id, and the transactions by what they did
 * @throws CHAIN_REJECTED with `details.reason`, CHAIN_UNREACHABLE
 */
export async function fundJob(
  chain: ChainWriter,
  { commerce, evaluator, token }: Pick<AgentContracts, 'commerce' | 'evaluator' | 'token'>,
  { terms, provider, budget, expiredAt, brief = '' }: NewJob,
): Promise<{ readonly jobId: bigint; readonly transactions: Readonly<Record<string, SentTransaction>> }> {
  const description = brief === '' ? describeTerms(terms) : `${describeTerms(terms)}\n${brief}`
  const created = await call(chain, commerce, 'createJob', [
    ...([provider, evaluator, BigInt(expiredAt), description, zeroAddress] as const),
  ])
  const { logs } = created.receipt
  const [event] = parseEventLogs({ abi: agenticCommerceAbi, eventName: 'JobCreated', logs })
  if (!event) throw new ZkserveError('CHAIN_REJECTED', 'the escrow did not record the job')
  const { jobId } = event.args
  const priced = await call(chain, commerce, 'setBudget', [jobId, budget, '0x'])
  const args = [commerce, budget] as const
  const approval = encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args })
  await sendTransaction(chain, { to: token, data: approval })
  const funded = await call(chain, commerce, 'fund', [jobId, budget, '0x'])
  return { jobId, transactions: { createJob: created, setBudget: priced, fund: funded } }
}

/** Says that a job is done. Provider only. */
export function submitJob(
  chain: ChainWriter,
  { commerce }: Escrow,
  { jobId, deliverable }: { jobId: bigint; deliverable: Hex },
): Promise<SentTransaction> {
  return call(chain, commerce, 'submit', [jobId, deliverable, '0x'])
}

/** Refunds the client of a job that has expired; anyone may. @throws CHAIN_REJECTED: StatusWrong, ExpiryInvalid */
export function claimRefund(
  chain: ChainWriter,
  { commerce }: Escrow,
  jobId: bigint,
): Promise<SentTransaction> {
  return call(chain, commerce, 'claimRefund', [jobId])
}

/** Reads a job. @throws CHAIN_REJECTED (JobNotFound), CHAIN_UNREACHABLE */
export async function readJob(chain: ChainReader, { commerce }: Escrow, jobId: bigint): Promise<Job> {
  const contract = { address: commerce, abi: agenticCommerceAbi } as const
  try {
    const { status, expiredAt, hook, ...job } = await chain.client.readContract({
      ...contract,
      functionName: 'getJob',
      args: [jobId],
    })
    if (hook !== zeroAddress) throw new ZkserveError('CHAIN_REJECTED', 'the job has a hook')
    return { ...job, expiredAt: Number(expiredAt), status: statuses[status]! }
  } catch (error) {
    throw toChainError(error)
  }
}

type Name = 'createJob' | 'setBudget' | 'fund' | 'submit' | 'claimRefund'

function call<Called extends Name>(
  chain: ChainWriter,
  commerce: Address,
  functionName: Called,
  args: Parameters<typeof encodeFunctionData<typeof agenticCommerceAbi, Called>>[0]['args'],
): Promise<SentTransaction> {
  const request = { abi: agenticCommerceAbi, functionName, args } as Parameters<typeof encodeFunctionData>[0]
  return sendTransaction(chain, { to: commerce, data: encodeFunctionData(request) })
}
