import type { Command } from 'commander'
import { poolAnswerVerb, poolTakeVerb } from '#service/cli/commands/pool-answer.js'
import { addPoolCalls } from '#service/cli/commands/pool-calls.js'
import { poolDeployVerb, poolRequestVerb } from '#service/cli/commands/pool-request.js'
import { poolShowVerb } from '#service/cli/commands/pool-show.js'
import type { VerbContext } from '#service/cli/verb.js'

const examples = `
Examples:
  zkserve pool stake 2 --pool $POOL --rpc $RPC
  zkserve pool take 0 --bundle bundle --pool $POOL --rpc $RPC     reserves the request, and locks its bond
  zkserve pool answer 0 --bundle bundle --pool $POOL --rpc $RPC
  zkserve pool slash 1 --pool $POOL --rpc $RPC                    who took it did not answer in time`

/** `zkserve pool`: provers with stake, through a ProverPool. */
export function poolVerb(program: Command, context: VerbContext): void {
  const pool = program
    .command('pool')
    .description('ask provers with stake, and be one; docs: verifier-contracts/docs/prover-pool.md')
    .addHelpText('after', examples)
  for (const addVerb of [poolDeployVerb, poolRequestVerb, poolShowVerb, poolTakeVerb, poolAnswerVerb])
    addVerb(pool, context)
  addPoolCalls(pool, context)
}
