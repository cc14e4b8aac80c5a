import type { Command } from 'commander'
import type { Address } from 'viem'
import { type VersionFlag, versionOption } from '#service/cli/chain-options.js'
import {
  type FamilyFlags,
  familyOf,
  governmentOf,
  governorOption,
  requireGoverned,
  withFamily,
} from '#service/cli/family-options.js'
import { openToWrite } from '#service/cli/open-chain.js'
import { sentOutcome, timeText } from '#service/cli/sent-outcome.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends FamilyFlags {
  readonly governor: Address
  readonly model: VersionFlag
  readonly description: string
}

/** `zkserve family propose`: a vote on whether a family adopts a candidate. */
export function familyProposeVerb(family: Command, { report }: VerbContext): void {
  withFamily(
    addCommand(
      family,
      'propose',
      'propose that a family adopts an evaluated version of any model; only the sender can cancel the proposal',
    ),
  )
    .addOption(governorOption().makeOptionMandatory())
    .addOption(versionOption('the candidate, as `zkserve model publish` printed it').makeOptionMandatory())
    .requiredOption('--description <text>', 'why, for those who vote')
    .action(async (flags: Flags) => {
      const chain = await openToWrite(flags)
      const { readCandidate } = await import('#service/chain/family/content-hash.js')
      const { proposeCandidate } = await import('#service/chain/family/proposals.js')
      const { readProposal } = await import('#service/chain/family/read-proposal.js')
      const found = await familyOf(chain, flags)
      const government = await governmentOf(chain, flags)
      requireGoverned(found, government)
      const { governor } = government
      const candidate = await readCandidate(chain, { registry: found.registry, ...flags.model })
      // The governor takes a text with this end from this account only: nobody can propose it first and cancel it.
      const description = `${flags.description} #proposer=${chain.account.address}`
      const proposal = { family: found.family, candidate, description }
      const { proposalId, correct, transaction } = await proposeCandidate(chain, governor, proposal)
      const { voteStart, voteEnd } = await readProposal(chain, governor, proposalId)
      const { rows } = found.rules
      report(
        sentOutcome(transaction, { proposalId, governor, ...proposal, correct, rows, voteStart, voteEnd }, [
          ['proposal', String(proposalId)],
          ['candidate', `${candidate.modelId}:${candidate.version}`],
          ['content hash', candidate.contentHash],
          ['right', `${correct} of ${rows} rows`],
          ['vote', `from ${timeText(voteStart)} to ${timeText(voteEnd)}`],
        ]),
      )
    })
}
