import type { Address } from 'viem'
import { familyGovernorAbi } from '#contracts/generated/FamilyGovernor.js'
import { asked } from '#service/chain/asked.js'
import type { ChainReader } from '#service/chain/connect-chain.js'

/** The governor's enum, in its order. */
const states = [
  ...(['pending', 'active', 'cancelled', 'defeated'] as const),
  ...(['succeeded', 'queued', 'expired', 'executed'] as const),
] as const

/** A proposal as it stands; times in seconds since 1970, votes in units of 10^-18. */
export interface ProposalState {
  readonly proposalId: bigint
  readonly state: (typeof states)[number]
  /** Votes are those of this moment, after which they are cast. */
  readonly voteStart: number
  readonly voteEnd: number
  /** When it may be executed; null before it is queued. */
  readonly executableAt: number | null
  readonly for: bigint
  readonly against: bigint
  readonly abstain: bigint
  /** Votes for and abstentions that it takes; null before the vote starts. */
  readonly quorum: bigint | null
}

/** Reads where a proposal stands. @throws CHAIN_REJECTED (GovernorNonexistentProposal), CHAIN_UNREACHABLE */
export async function readProposal(
  { client }: ChainReader,
  governor: Address,
  proposalId: bigint,
): Promise<ProposalState> {
  const at = { address: governor, abi: familyGovernorAbi, args: [proposalId] } as const
  const [state, start, end, eta, votes] = await asked(() =>
    Promise.all([
      client.readContract({ ...at, functionName: 'state' }),
      client.readContract({ ...at, functionName: 'proposalSnapshot' }),
      client.readContract({ ...at, functionName: 'proposalDeadline' }),
      client.readContract({ ...at, functionName: 'proposalEta' }),
      client.readContract({ ...at, functionName: 'proposalVotes' }),
    ]),
  )
  const [against, inFavour, abstain] = votes
  const isAhead = states[state] === 'pending' || states[state] === 'cancelled'
  const quorum = isAhead
    ? null
    : await asked(() => client.readContract({ ...at, functionName: 'quorum', args: [start] }))
  return {
    ...{ proposalId, state: states[state]!, voteStart: Number(start), voteEnd: Number(end) },
    executableAt: eta === 0n ? null : Number(eta),
    ...{ for: inFavour, against, abstain, quorum },
  }
}

/** Votes that an account has on a proposal: those at its start. @throws CHAIN_REJECTED before that, CHAIN_UNREACHABLE */
export function readVotesOn(
  { client }: ChainReader,
  governor: Address,
  { voteStart, account }: Pick<ProposalState, 'voteStart'> & { readonly account: Address },
): Promise<bigint> {
  const args = [account, BigInt(voteStart)] as const
  return asked(() =>
    client.readContract({ address: governor, abi: familyGovernorAbi, functionName: 'getVotes', args }),
  )
}
