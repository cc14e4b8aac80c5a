import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { ZkserveError } from '#circuits/errors.js'
import { type DatabaseFlags, withDatabase } from '#service/cli/database-options.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends DatabaseFlags {
  readonly withKey?: true
}

/** `zkserve backup`: an embedded database as a file, while the service runs or not. */
export function backupVerb(program: Command, { report }: VerbContext): void {
  const command = addCommand(
    program,
    'backup <file>',
    'write the embedded database to a new file, of a running service too',
  )
  withDatabase(command)
    .option('--with-key', 'copy the encryption key to <file>.key; who has both reads all that is sealed')
    .action(async (path: string, { database, dataDir, withKey }: Flags) => {
      const { withAdmin } = await import('#service/admin/with-admin.js')
      const { resolveConfig } = await import('#service/config/resolve.js')
      const { keyPath } = await import('#service/secrets/open-cipher.js')
      const config = resolveConfig({ database, dataDir }, process.env)
      const keyFile = resolve(keyPath(config.dataDir))
      if (withKey && !existsSync(keyFile)) {
        throw new ZkserveError('FILE_NOT_FOUND', `there is no key "${keyFile}"`, {
          hints: ['A service with ZKSERVE_ENCRYPTION_KEYS has its keys there: keep a copy of them.'],
        })
      }
      const options = { file: resolve(path), key: withKey ? keyFile : null }
      const facts = await withAdmin(config, (call) => call('backup', options))
      const { file, size, key, head } = facts
      report({
        document: facts,
        text: formatFacts([
          ['backup', `${file}, ${(size / 2 ** 20).toFixed(1)} MiB`],
          ['audit log', head === null ? 'empty' : `at least up to ${head.seq}:${head.hash}`],
          ['key', key ?? 'not in it: what is sealed cannot be read without'],
        ]),
      })
    })
}
