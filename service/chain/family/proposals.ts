/** Proposals that a family adopts a candidate. */
import { type Address, encodeFunctionData, keccak256, parseEventLogs, toHex } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { familyGovernorAbi } from '#contracts/generated/FamilyGovernor.js'
import { modelFamilyAbi } from '#contracts/generated/ModelFamily.js'
import { asked } from '#service/chain/asked.js'
import type { ChainReader, ChainWriter } from '#service/chain/connect-chain.js'
import type { Candidate } from '#service/chain/family/content-hash.js'
import { collectEvents } from '#service/chain/search-events.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

const abi = familyGovernorAbi

/** A proposal to adopt a candidate: the one call it makes, and its text. */
export interface Proposal {
  readonly family: Address
  readonly candidate: Candidate
  readonly description: string
}

/** A proposal, and what its candidate's evaluation said then. */
export interface MadeProposal extends Proposal {
  readonly proposalId: bigint
  readonly correct: number
  readonly rows: number
}

/** Proposes a candidate with its evaluation. @throws CHAIN_REJECTED: NotEvaluated, NotGoodEnough, … */
export async function proposeCandidate(
  chain: ChainWriter,
  governor: Address,
  { family, candidate, description }: Proposal,
): Promise<{ readonly proposalId: bigint; readonly correct: number; readonly transaction: SentTransaction }> {
  const args = [family, candidate, description] as const
  const data = encodeFunctionData({ abi, functionName: 'proposeCandidate', args })
  const transaction = await sendTransaction(chain, { to: governor, data })
  const { logs } = transaction.receipt
  const [proposed] = parseEventLogs({ abi, eventName: 'CandidateProposed', logs })
  if (!proposed) throw new ZkserveError('CHAIN_REJECTED', 'the governor did not record the proposal')
  const { proposalId, correct } = proposed.args
  return { proposalId, correct, transaction }
}

/** The contract's numbers of what may be voted. */
const choices = { against: 0, for: 1, abstain: 2 } as const

export type Choice = keyof typeof choices

/** Votes on a proposal. @throws CHAIN_REJECTED outside its period, or if the sender has voted */
export function castVote(
  chain: ChainWriter,
  governor: Address,
  { proposalId, choice }: { proposalId: bigint; choice: Choice },
): Promise<SentTransaction> {
  const args = [proposalId, choices[choice]] as const
  const data = encodeFunctionData({ abi, functionName: 'castVote', args })
  return sendTransaction(chain, { to: governor, data })
}

/** Queues or executes a proposal. @throws CHAIN_REJECTED before its time, and what the family refuses */
export function advanceProposal(
  chain: ChainWriter,
  governor: Address,
  step: 'queue' | 'execute',
  { family, candidate, description }: Proposal,
): Promise<SentTransaction> {
  const call = encodeFunctionData({ abi: modelFamilyAbi, functionName: 'adopt', args: [candidate] })
  const args = [[family], [0n], [call], keccak256(toHex(description))] as const
  return sendTransaction(chain, {
    to: governor,
    data: encodeFunctionData({ abi, functionName: step, args }),
  })
}

/** Proposals of candidates, oldest first: all of a family, or the one of a number. @throws CHAIN_UNREACHABLE */
export async function readProposals(
  chain: ChainReader,
  governor: Address,
  which: { readonly family: Address } | { readonly proposalId: bigint },
): Promise<MadeProposal[]> {
  const at = { address: governor, abi, strict: true } as const
  const found = await collectEvents(chain, (range) =>
    chain.client.getContractEvents({ ...at, ...range, eventName: 'CandidateProposed', args: which }),
  )
  return Promise.all(
    found.map(async ({ args, blockNumber }) => {
      // In the same transaction: only this event tells the text.
      const range = { fromBlock: blockNumber, toBlock: blockNumber }
      const created = await asked(() =>
        chain.client.getContractEvents({ ...at, ...range, eventName: 'ProposalCreated' }),
      )
      const own = created.find((event) => event.args.proposalId === args.proposalId)
      if (!own) throw new ZkserveError('CHAIN_INCONSISTENT', `proposal ${args.proposalId} has no text`)
      const { proposalId, family, candidate, correct, rows } = args
      return { proposalId, family, candidate, correct, rows, description: own.args.description }
    }),
  )
}
