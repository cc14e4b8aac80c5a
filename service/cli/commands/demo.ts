import type { Command } from 'commander'
import type { WeightMode } from '#circuits/analyse/weight-plan.js'
import { weightsOption } from '#service/cli/circuit-options.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags {
  readonly keep?: boolean
  readonly rpc?: string
  readonly weights: WeightMode
}

/** `zkserve demo`: the whole way on real digits; see service/demo. */
export function demoVerb(program: Command, { json }: VerbContext): void {
  addCommand(program, 'demo', 'prove a digit, have a contract accept it, and see forgeries refused')
    .option('--keep', 'go on serving afterwards, until it is stopped')
    .option(
      '--rpc <url>',
      'chain to use, with the key of a funded account in ZKSERVE_PRIVATE_KEY; anvil by default',
    )
    .addOption(weightsOption)
    .action(async ({ keep = false, rpc, weights }: Flags) => {
      const chain = rpc === undefined ? {} : { rpc }
      if (weights === 'committed') {
        const { runPrivateDemo } = await import('#service/demo/private-weights.js')
        await runPrivateDemo({ keep, json, ...chain })
      } else {
        const { runDemo } = await import('#service/demo/main.js')
        await runDemo({ keep, json, ...chain })
      }
    })
}
