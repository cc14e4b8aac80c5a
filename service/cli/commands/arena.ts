import type { Command } from 'commander'
import { arenaCommitVerb } from '#service/cli/commands/arena-commit.js'
import { arenaDeployVerb } from '#service/cli/commands/arena-deploy.js'
import { arenaEndVerbs } from '#service/cli/commands/arena-end.js'
import { arenaEnterVerb } from '#service/cli/commands/arena-enter.js'
import { arenaEvaluatorVerb } from '#service/cli/commands/arena-evaluator.js'
import { arenaOpenVerb } from '#service/cli/commands/arena-open.js'
import { arenaProveVerb } from '#service/cli/commands/arena-prove.js'
import { arenaRevealVerb } from '#service/cli/commands/arena-reveal.js'
import { arenaShowVerb } from '#service/cli/commands/arena-show.js'
import type { VerbContext } from '#service/cli/verb.js'

/** `zkserve arena`: contests of models by proven accuracy. */
export function arenaVerb(program: Command, context: VerbContext): void {
  const arena = program
    .command('arena')
    .description('contests of models by proven accuracy; docs: verifier-contracts/docs/arena.md')
  const verbs = [
    ...[arenaEvaluatorVerb, arenaCommitVerb, arenaDeployVerb, arenaOpenVerb, arenaEnterVerb],
    ...[arenaRevealVerb, arenaProveVerb, arenaEndVerbs, arenaShowVerb],
  ]
  for (const addVerb of verbs) addVerb(arena, context)
}
