import type { Command } from 'commander'
import { federatedAcknowledgeVerb, federatedReportVerb } from '#service/cli/commands/federated-acknowledge.js'
import { federatedCircuitVerb } from '#service/cli/commands/federated-circuit.js'
import { federatedCommitVerb, federatedRevealVerb } from '#service/cli/commands/federated-commit.js'
import { federatedDeployVerb } from '#service/cli/commands/federated-deploy.js'
import { federatedOpenVerb } from '#service/cli/commands/federated-open.js'
import { federatedEndVerb, federatedSettleVerb } from '#service/cli/commands/federated-settle.js'
import { federatedShowVerb } from '#service/cli/commands/federated-show.js'
import { federatedStakeVerbs } from '#service/cli/commands/federated-stake.js'
import type { VerbContext } from '#service/cli/verb.js'

/** `zkserve federated`: rounds of learning whose averages are proven. */
export function federatedVerb(program: Command, context: VerbContext): void {
  const federated = program
    .command('federated')
    .description(
      'rounds of federated learning whose averages are proven; docs: verifier-contracts/docs/federated.md',
    )
  const verbs = [
    ...[federatedCircuitVerb, federatedDeployVerb, federatedStakeVerbs, federatedOpenVerb],
    ...[federatedCommitVerb, federatedAcknowledgeVerb, federatedRevealVerb, federatedReportVerb],
    ...[federatedSettleVerb, federatedEndVerb, federatedShowVerb],
  ]
  for (const addVerb of verbs) addVerb(federated, context)
}
