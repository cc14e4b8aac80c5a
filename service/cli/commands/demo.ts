import type { Command } from 'commander'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** `zkserve demo`: the whole way on real digits; see service/demo. */
export function demoVerb(program: Command, { json }: VerbContext): void {
  addCommand(program, 'demo', 'prove a digit, have a contract accept it, and see forgeries refused')
    .option('--keep', 'go on serving afterwards, until it is stopped')
    .option(
      '--rpc <url>',
      'chain to use, with the key of a funded account in ZKSERVE_PRIVATE_KEY; anvil by default',
    )
    .action(async ({ keep = false, rpc }: { readonly keep?: boolean; readonly rpc?: string }) => {
      const { runDemo } = await import('#service/demo/main.js')
      await runDemo({ keep, json, ...(rpc === undefined ? {} : { rpc }) })
    })
}
