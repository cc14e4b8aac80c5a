import type { Command } from 'commander'
import { accessConditionVerb, accessGrantVerb, accessRevokeVerb } from '#service/cli/commands/access-grant.js'
import {
  accessBuyVerb,
  accessCollectVerb,
  accessOfferVerb,
  accessWithdrawVerb,
} from '#service/cli/commands/access-sale.js'
import { accessShowVerb } from '#service/cli/commands/access-show.js'
import { accessSignVerb } from '#service/cli/commands/access-sign.js'
import type { VerbContext } from '#service/cli/verb.js'

const examples = `
Examples:
  zkserve access grant --model 1 --user $CLINIC --until 30d --rpc $RPC
  zkserve access offer --model 1 --price 0.5 --period 30d --until 2030-01-31 --rpc $RPC
  zkserve access buy --model 1 --periods 2 --max 1 --rpc $RPC
  zkserve access show --model 1:1 --account $CLINIC --rpc $RPC
  curl -H "$(zkserve access sign --model 1:1 --chain-id 1 --body body.json)" --data-binary @body.json …`

/** `zkserve access`: who may use a model or a dataset. */
export function accessVerb(program: Command, context: VerbContext): void {
  const access = program
    .command('access')
    .description('grant and sell the use of models and datasets; docs: verifier-contracts/docs/access.md')
    .addHelpText('after', examples)
  const verbs = [
    ...[accessGrantVerb, accessRevokeVerb, accessOfferVerb, accessBuyVerb, accessConditionVerb],
    ...[accessShowVerb, accessSignVerb, accessCollectVerb, accessWithdrawVerb],
  ]
  for (const addVerb of verbs) addVerb(access, context)
}
