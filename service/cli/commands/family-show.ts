import type { Command } from 'commander'
import type { Address } from 'viem'
import type { MadeProposal } from '#service/chain/family/proposals.js'
import type { Family, FamilyVersion, Objections } from '#service/chain/family/read-family.js'
import type { ProposalState } from '#service/chain/family/read-proposal.js'
import { fromBlockOption } from '#service/cli/chain-options.js'
import {
  type FamilyFlags,
  familyOf,
  governmentOf,
  governorOption,
  requireGoverned,
  withFamily,
} from '#service/cli/family-options.js'
import { openChain } from '#service/cli/open-chain.js'
import { decimalText, timeText } from '#service/cli/sent-outcome.js'
import { formatFacts, formatTable } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends FamilyFlags {
  readonly governor?: Address
}

/** `zkserve family show`: a family's rules and versions, and what is proposed to it. */
export function familyShowVerb(family: Command, { report }: VerbContext): void {
  withFamily(
    addCommand(family, 'show', "print a family's rules and versions and, with its governor, all proposals"),
  )
    .addOption(governorOption())
    .addOption(fromBlockOption())
    .action(async ({ governor, ...flags }: Flags) => {
      const chain = await openChain(flags)
      const { readFamilyVersions, readObjections } = await import('#service/chain/family/read-family.js')
      const { readProposals } = await import('#service/chain/family/proposals.js')
      const { readProposal } = await import('#service/chain/family/read-proposal.js')
      const found = await familyOf(chain, flags)
      const versions = await readFamilyVersions(chain, found)
      const { current } = found
      const objections = current === null ? null : await readObjections(chain, { ...found, version: current })
      const facts = describeFamily(found, objections)
      const tables = [facts, describeVersions(versions)]
      if (governor === undefined) {
        report({ document: { ...found, objections, versions }, text: tables.join('\n\n') })
        return
      }
      const government = await governmentOf(chain, { governor })
      requireGoverned(found, government)
      const made = await readProposals(chain, governor, { family: found.family })
      const proposals = await Promise.all(
        made.map(async (proposal) => ({
          ...proposal,
          ...(await readProposal(chain, governor, proposal.proposalId)),
        })),
      )
      report({
        document: { ...found, ...government, objections, versions, proposals },
        text: [...tables, ...proposals.map(describeProposal)].join('\n\n'),
      })
    })
}

function describeFamily(
  { family, modelId, current, rules, registry, evaluations, governance, guardian }: Family,
  objections: Objections | null,
): string {
  const least = `${rules.minimalCorrect} of ${rules.rows} rows right`
  const against = objections === null ? '' : `: ${objections.objections} of ${objections.quorum} object`
  return formatFacts([
    ['family', family],
    ['model', `${modelId} in ${registry}`],
    ['current version', current === null ? 'none: the next vote decides' : `${current}${against}`],
    ['candidates must', `answer ${least}, and at most ${rules.allowedLoss} fewer than the current version`],
    ['test set', rules.testSet],
    ['evaluations', evaluations],
    ['governance', governance],
    ['guardian', guardian],
  ])
}

function describeVersions(versions: readonly FamilyVersion[]): string {
  return formatTable(
    ['version', 'status', 'candidate', 'before it', 'verifying key'],
    versions.map(({ version, status, candidate, predecessor, vkHash }) => [
      ...[version, status, `${candidate.modelId}:${candidate.version}`, predecessor, vkHash],
    ]),
  )
}

function describeProposal(proposal: MadeProposal & ProposalState): string {
  const { candidate, correct, rows, quorum, state, executableAt } = proposal
  const votes = (['for', 'against', 'abstain'] as const).map(
    (choice) => `${decimalText(proposal[choice])} ${choice}`,
  )
  const needed = quorum === null ? '' : `; quorum ${decimalText(quorum)}`
  return formatFacts([
    ['proposal', `${proposal.proposalId}: ${state}`],
    ['candidate', `${candidate.modelId}:${candidate.version}, ${correct} of ${rows} rows right`],
    ['content hash', candidate.contentHash],
    ['text', proposal.description],
    ['vote', `from ${timeText(proposal.voteStart)} to ${timeText(proposal.voteEnd)}`],
    ['votes', `${votes.join(', ')}${needed}`],
    ...(executableAt === null || state !== 'queued'
      ? []
      : ([['may be executed from', timeText(executableAt)]] as const)),
  ])
}
