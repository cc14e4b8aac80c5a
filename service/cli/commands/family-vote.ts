import { type Command, Option } from 'commander'
import type { Address } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { Choice } from '#service/chain/family/proposals.js'
import { type ChainFlags, contractOption, keyVariable, withChain } from '#service/cli/chain-options.js'
import {
  governmentOf,
  governorOption,
  type ProposalFlags,
  withProposal,
} from '#service/cli/family-options.js'
import { chainTime, openToWrite } from '#service/cli/open-chain.js'
import { requireStep } from '#service/cli/require-step.js'
import { decimalText, sentOutcome, timeText } from '#service/cli/sent-outcome.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface DelegateFlags extends ChainFlags {
  readonly governor: Address
  readonly to?: Address
}

/** `zkserve family delegate`: has votes count. */
export function familyDelegateVerb(family: Command, { report }: VerbContext): void {
  withChain(
    addCommand(
      family,
      'delegate',
      `have the votes of the account of ${keyVariable} count, in votes and proposals from now on`,
    ),
  )
    .addOption(governorOption().makeOptionMandatory())
    .addOption(contractOption('to', 'who votes with them; the sender by default'))
    .action(async (flags: DelegateFlags) => {
      const chain = await openToWrite(flags)
      const { delegateVotes } = await import('#service/chain/family/model-family.js')
      const { votes } = await governmentOf(chain, flags)
      const { to = chain.account.address } = flags
      const transaction = await delegateVotes(chain, { votes, to })
      report(sentOutcome(transaction, { votes, to }, [['delegated to', to]]))
    })
}

interface VoteFlags extends ProposalFlags {
  readonly choice: Choice
}

/** `zkserve family vote`: a vote on a proposal. */
export function familyVoteVerb(family: Command, { report }: VerbContext): void {
  withProposal(
    addCommand(family, 'vote', 'vote on a proposal, with the votes that the account had when the vote began'),
  )
    .addOption(
      new Option('--choice <choice>', 'for, against or abstain')
        .choices(['for', 'against', 'abstain'])
        .makeOptionMandatory(),
    )
    .action(async (flags: VoteFlags) => {
      const chain = await openToWrite(flags)
      const { castVote } = await import('#service/chain/family/proposals.js')
      const { readProposal, readVotesOn } = await import('#service/chain/family/read-proposal.js')
      const { governor } = await governmentOf(chain, flags)
      const { choice, proposal: proposalId } = flags
      const proposal = await readProposal(chain, governor, proposalId)
      requireStep('vote', proposal, await chainTime(chain))
      const account = chain.account.address
      const votes = await readVotesOn(chain, governor, { ...proposal, account })
      // The governor would take a vote of nothing.
      if (votes === 0n) throw noVotes(account, proposal.voteStart)
      const transaction = await castVote(chain, governor, { proposalId, choice })
      report(
        sentOutcome(transaction, { proposalId, choice, votes, voteEnd: proposal.voteEnd }, [
          ['proposal', String(proposalId)],
          ['votes', `${decimalText(votes)} ${choice}`],
          ['vote ends', timeText(proposal.voteEnd)],
        ]),
      )
    })
}

function noVotes(account: Address, voteStart: number): ZkserveError {
  const message = `${account} had no votes when the vote began, ${timeText(voteStart)}`
  return new ZkserveError('CHAIN_REJECTED', message, {
    hints: ['Votes count once `zkserve family delegate` was run, before a vote begins.'],
    details: { reason: 'NoVotes', account },
  })
}
