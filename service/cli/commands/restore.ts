import type { Command } from 'commander'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'
import { settingOf } from '#service/config/schema.js'

interface Flags {
  readonly dataDir: string
  readonly key?: string
}

/** `zkserve restore`: a data directory from a backup. */
export function restoreVerb(program: Command, { report }: VerbContext): void {
  addCommand(program, 'restore <file>', 'make a data directory from a backup, and check its audit log')
    .requiredOption(
      '--data-dir <directory>',
      `${settingOf('dataDir').description} It must not hold anything yet.`,
    )
    .option('--key <file>', 'the encryption key, as `backup --with-key` copied it')
    .action(async (file: string, { dataDir, key }: Flags) => {
      const { restoreBackup } = await import('#service/backup/restore-backup.js')
      const { records, head } = await restoreBackup({ file, dataDir, key: key ?? null })
      const missing = 'none: give the old one by ZKSERVE_ENCRYPTION_KEYS, else what is sealed cannot be read'
      report({
        document: { dataDir, records, head, key: key !== undefined },
        text: formatFacts([
          ['restored', dataDir],
          ['audit log', head === null ? 'empty' : `${records} records hold, up to ${head.seq}:${head.hash}`],
          ['key', key === undefined ? missing : 'restored'],
        ]),
      })
    })
}
