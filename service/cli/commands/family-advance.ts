import type { Command } from 'commander'
import { ZkserveError } from '#circuits/errors.js'
import { fromBlockOption } from '#service/cli/chain-options.js'
import { familyOf, governmentOf, type ProposalFlags, withProposal } from '#service/cli/family-options.js'
import { chainTime, openToWrite } from '#service/cli/open-chain.js'
import { requireStep } from '#service/cli/require-step.js'
import { sentOutcome, timeText } from '#service/cli/sent-outcome.js'
import type { Cell } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** `zkserve family queue`: starts the delay of what was voted for. */
export function familyQueueVerb(family: Command, context: VerbContext): void {
  const what = 'start the delay of a proposal that was voted for; anyone may'
  addStepVerb(family, context, 'queue', what)
}

/** `zkserve family execute`: does what was voted for. */
export function familyExecuteVerb(family: Command, context: VerbContext): void {
  const what =
    'adopt the candidate of a proposal whose delay has passed, if it is still good enough; anyone may'
  addStepVerb(family, context, 'execute', what)
}

function addStepVerb(
  family: Command,
  { report }: VerbContext,
  step: 'queue' | 'execute',
  description: string,
): void {
  withProposal(addCommand(family, step, description))
    .addOption(fromBlockOption())
    .action(async (flags: ProposalFlags) => {
      const chain = await openToWrite(flags)
      const { advanceProposal, readProposals } = await import('#service/chain/family/proposals.js')
      const { readProposal } = await import('#service/chain/family/read-proposal.js')
      const { governor } = await governmentOf(chain, flags)
      const proposalId = flags.proposal
      requireStep(step, await readProposal(chain, governor, proposalId), await chainTime(chain))
      const [proposal] = await readProposals(chain, governor, { proposalId })
      if (proposal === undefined) throw notOfCandidate(proposalId)
      const transaction = await advanceProposal(chain, governor, step, proposal)
      const { state, executableAt } = await readProposal(chain, governor, proposalId)
      const { family, candidate } = proposal
      const { current, modelId } = await familyOf(chain, { family })
      const facts: (readonly [string, Cell])[] = [
        ['proposal', `${proposalId}: ${state}`],
        ['current version', current === null ? 'none' : `${modelId}:${current}`],
      ]
      if (step === 'queue' && executableAt !== null)
        facts.push(['may be executed from', timeText(executableAt)])
      const document = { proposalId, state, executableAt, family, candidate, modelId, current }
      report(sentOutcome(transaction, document, facts))
    })
}

function notOfCandidate(proposalId: bigint): ZkserveError {
  return new ZkserveError('USAGE', `proposal ${proposalId} is not one to adopt a candidate`, {
    hints: ['Other proposals are queued and executed with the tools of any OpenZeppelin Governor.'],
  })
}
