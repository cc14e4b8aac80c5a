import type { Command } from 'commander'
import { traceShowVerb } from '#service/cli/commands/trace-show.js'
import { traceVerifyVerb } from '#service/cli/commands/trace-verify.js'
import type { VerbContext } from '#service/cli/verb.js'

/** `zkserve trace`: journeys of lots, step by proven step. */
export function traceVerb(program: Command, context: VerbContext): void {
  const trace = program
    .command('trace')
    .description(
      "a lot's journey, each step proven after the one before; docs: verifier-contracts/docs/trace.md",
    )
  for (const addVerb of [traceShowVerb, traceVerifyVerb]) addVerb(trace, context)
}
