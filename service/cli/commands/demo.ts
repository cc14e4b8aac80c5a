import type { Command } from 'commander'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** `zkserve demo`: the whole way on real digits; see scripts/demo. */
export function demoVerb(program: Command, { json }: VerbContext): void {
  addCommand(program, 'demo', 'prove a digit, have a contract accept it, and see forgeries refused')
    .option('--keep', 'go on serving afterwards, until it is stopped')
    .action(async ({ keep = false }: { readonly keep?: boolean }) => {
      const { runDemo } = await import('#scripts/demo/main.js')
      await runDemo({ keep, json })
    })
}
