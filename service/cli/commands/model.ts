import type { Command } from 'commander'
import { modelPublishVerb, modelVersionVerb } from '#service/cli/commands/model-publish.js'
import { modelRoyaltyVerb } from '#service/cli/commands/model-royalty.js'
import { modelShowVerb } from '#service/cli/commands/model-show.js'
import { modelDeprecateVerb, modelRevokeVerb } from '#service/cli/commands/model-status.js'
import { modelVerifyVerb } from '#service/cli/commands/model-verify.js'
import type { VerbContext } from '#service/cli/verb.js'

const examples = `
Examples:
  zkserve model publish bundle --rpc $RPC             a new model; tells its number
  zkserve model version 1 retrained --rpc $RPC        its next version
  zkserve model show 1:2 --bundle retrained --rpc $RPC
  zkserve model verify 1:2 --proof proof.json --rpc $RPC`

/** `zkserve model`: models in a ModelRegistry. */
export function modelVerb(program: Command, context: VerbContext): void {
  const model = program
    .command('model')
    .description('publish models on chain, and check what is published; docs: verifier-contracts/README.md')
    .addHelpText('after', examples)
  const verbs = [
    ...[modelPublishVerb, modelVersionVerb, modelShowVerb, modelVerifyVerb],
    ...[modelDeprecateVerb, modelRevokeVerb, modelRoyaltyVerb],
  ]
  for (const addVerb of verbs) addVerb(model, context)
}
