import type { Command } from 'commander'
import { beaconVerb } from '#service/cli/commands/ceremony-beacon.js'
import { contributeVerb } from '#service/cli/commands/ceremony-contribute.js'
import { exportVerb } from '#service/cli/commands/ceremony-export.js'
import { importVerb } from '#service/cli/commands/ceremony-import.js'
import { newVerb } from '#service/cli/commands/ceremony-new.js'
import { verifyCeremonyVerb } from '#service/cli/commands/ceremony-verify.js'
import type { VerbContext } from '#service/cli/verb.js'

const order = `
In order: import powers of tau; new; contribute, one after another, each on a machine of their own; beacon; verify;
export. Docs: prover/ceremony/README.md`

/** `zkserve ceremony`: keys for production, made by several parties. */
export function ceremonyVerb(program: Command, context: VerbContext): void {
  const ceremony = program
    .command('ceremony')
    .description('make keys for production together: nobody can forge if one contributor is honest')
    .addHelpText('after', order)
  const verbs = [importVerb, newVerb, contributeVerb, beaconVerb, verifyCeremonyVerb, exportVerb]
  for (const addVerb of verbs) addVerb(ceremony, context)
}
