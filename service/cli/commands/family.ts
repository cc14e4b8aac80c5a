import type { Command } from 'commander'
import { familyExecuteVerb, familyQueueVerb } from '#service/cli/commands/family-advance.js'
import { familyCreateVerb } from '#service/cli/commands/family-create.js'
import { familyDeployVerb } from '#service/cli/commands/family-deploy.js'
import { familyDeprecateVerb } from '#service/cli/commands/family-deprecate.js'
import { familyEvaluateVerb } from '#service/cli/commands/family-evaluate.js'
import { familyProposeVerb } from '#service/cli/commands/family-propose.js'
import { familyShowVerb } from '#service/cli/commands/family-show.js'
import { familyDelegateVerb, familyVoteVerb } from '#service/cli/commands/family-vote.js'
import type { VerbContext } from '#service/cli/verb.js'

/** `zkserve family`: models whose versions change by vote, with proven evaluations. */
export function familyVerb(program: Command, context: VerbContext): void {
  const family = program
    .command('family')
    .description(
      'models whose versions change by vote, with proven evaluations; docs: verifier-contracts/docs/governance.md',
    )
  const verbs = [
    ...[familyDeployVerb, familyEvaluateVerb, familyCreateVerb, familyDelegateVerb, familyProposeVerb],
    ...[familyVoteVerb, familyQueueVerb, familyExecuteVerb, familyDeprecateVerb, familyShowVerb],
  ]
  for (const addVerb of verbs) addVerb(family, context)
}
