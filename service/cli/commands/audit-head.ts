import type { Command } from 'commander'
import { type DatabaseFlags, withDatabase } from '#service/cli/database-options.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** `zkserve audit head`: what to write down somewhere else. */
export function auditHeadVerb(audit: Command, { report }: VerbContext): void {
  const command = addCommand(
    audit,
    'head',
    'print number and hash of the last record; whoever keeps them elsewhere sees later whether the log was rewritten',
  )
  withDatabase(command).action(async ({ database, dataDir }: DatabaseFlags) => {
    const { withAdmin } = await import('#service/admin/with-admin.js')
    const { resolveConfig } = await import('#service/config/resolve.js')
    const config = resolveConfig({ database, dataDir }, process.env)
    const head = await withAdmin(config, (call) => call('audit.head', {}))
    report({ document: head, text: head === null ? 'the log is empty' : `${head.seq}:${head.hash}` })
  })
}
