import type { Command } from 'commander'
import { provenanceRecordVerb } from '#service/cli/commands/provenance-record.js'
import { provenanceRevokeVerb } from '#service/cli/commands/provenance-revoke.js'
import { provenanceShowVerb } from '#service/cli/commands/provenance-show.js'
import { provenanceVerifyVerb } from '#service/cli/commands/provenance-verify.js'
import type { VerbContext } from '#service/cli/verb.js'

/** `zkserve provenance`: where models and data come from, as those say who vouch for it. */
export function provenanceVerb(program: Command, context: VerbContext): void {
  const provenance = program
    .command('provenance')
    .description(
      'say where a model comes from, and check what others say; docs: verifier-contracts/docs/provenance.md',
    )
  const verbs = [provenanceRecordVerb, provenanceShowVerb, provenanceVerifyVerb, provenanceRevokeVerb]
  for (const addVerb of verbs) addVerb(provenance, context)
}
