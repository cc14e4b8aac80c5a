import { type Command, Option } from 'commander'
import { readNumber } from '#service/cli/chain-options.js'
import { type DatabaseFlags, withDatabase } from '#service/cli/database-options.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** `zkserve audit export`: the log as a file that others can check. */
export function auditExportVerb(audit: Command, { report }: VerbContext): void {
  const command = addCommand(audit, 'export <file>', 'write the log to a new file, one JSON object a line')
  withDatabase(command)
    .addOption(new Option('--from <seq>', 'first record').default(1).argParser(readNumber))
    .action(async (path: string, { database, dataDir, from }: DatabaseFlags & { readonly from: number }) => {
      const { withAdmin } = await import('#service/admin/with-admin.js')
      const { writeRecords } = await import('#service/audit/export-file.js')
      const { readRecords } = await import('#service/audit/read-records.js')
      const { resolveConfig } = await import('#service/config/resolve.js')
      const config = resolveConfig({ database, dataDir }, process.env)
      const records = await withAdmin(config, (call) =>
        writeRecords(
          path,
          readRecords((next) => call('audit.page', { from: next }), from),
        ),
      )
      report({ document: { file: path, records }, text: `${records} records are in ${path}` })
    })
}
