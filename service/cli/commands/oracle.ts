import type { Command } from 'commander'
import { oracleFulfilVerb } from '#service/cli/commands/oracle-fulfil.js'
import { oracleRequestVerb } from '#service/cli/commands/oracle-request.js'
import {
  oracleRedeliverVerb,
  oracleRefundVerb,
  oracleWithdrawVerb,
} from '#service/cli/commands/oracle-settle.js'
import { oracleShowVerb } from '#service/cli/commands/oracle-show.js'
import type { VerbContext } from '#service/cli/verb.js'

const examples = `
Examples:
  zkserve oracle request --model 1:1 --bundle bundle --input input.json --fee 0.01 --rpc $RPC
  zkserve oracle fulfil 0 --bundle bundle --rpc $RPC      whoever has the model may, and is paid
  zkserve oracle show 0 --bundle bundle --rpc $RPC        the answer
  zkserve oracle withdraw --rpc $RPC

\`zkserve serve --role oracle\` answers by itself.`

/** `zkserve oracle`: questions to models, and their answers, through an InferenceOracle. */
export function oracleVerb(program: Command, context: VerbContext): void {
  const oracle = program
    .command('oracle')
    .description('ask models on chain, and answer for a fee; docs: verifier-contracts/docs/oracle.md')
    .addHelpText('after', examples)
  const verbs = [
    ...[oracleRequestVerb, oracleShowVerb, oracleFulfilVerb, oracleRefundVerb, oracleRedeliverVerb],
    oracleWithdrawVerb,
  ]
  for (const addVerb of verbs) addVerb(oracle, context)
}
