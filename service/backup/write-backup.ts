import { constants } from 'node:fs'
import { copyFile, link, open, rm, stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'
import { readHead } from '#service/audit/read-records.js'
import type { AuditHead } from '#service/audit/verify-chain.js'
import type { Database } from '#service/database/open-database.js'

export interface BackupOptions {
  /** New file, by its absolute path. */
  readonly file: string
  /** File with the key that is copied to `FILE.key`; null where it is kept apart. */
  readonly key: string | null
}

/** What a backup holds. */
export interface BackupFacts {
  readonly file: string
  /** Bytes. */
  readonly size: number
  /** The copy of the key, null where there is none. */
  readonly key: string | null
  /** Head of the audit log shortly before. */
  readonly head: AuditHead | null
}

/**
 * Writes an embedded database, as it is at one moment, to a file: a tar.gz of its directory. It is there whole or not
 * at all.
 * @throws ZkserveError `USAGE` for a Postgres server, `FILE_NOT_FOUND` where the file is there or cannot be written
 */
export async function writeBackup(
  { tables, dump }: Pick<Database, 'tables' | 'dump'>,
  { file, key }: BackupOptions,
): Promise<BackupFacts> {
  if (dump === null) {
    throw new ZkserveError('USAGE', 'only an embedded database is backed up so', {
      hints: ['Back up a Postgres server with its own tools, such as pg_dump.'],
    })
  }
  if (!isAbsolute(file)) throw new ZkserveError('USAGE', 'the path of a backup must be absolute')
  const draft = `${file}.${process.pid}.draft`
  const keyCopy = key === null ? null : `${file}.key`
  try {
    for (const path of [file, ...(keyCopy === null ? [] : [keyCopy])])
      if (await exists(path)) throw new Error('there is a file of this name already')
    const head = await readHead(tables)
    const bytes = Buffer.from(await (await dump()).arrayBuffer())
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    // A link appears whole or not at all, and not over another.
    await link(draft, file)
    if (key !== null) await copyFile(key, keyCopy!, constants.COPYFILE_EXCL)
    return { file, size: bytes.length, key: keyCopy, head }
  } catch (cause) {
    if (cause instanceof ZkserveError) throw cause
    const message = `the backup "${file}" cannot be written: ${(cause as Error).message}`
    throw new ZkserveError('FILE_NOT_FOUND', message, {
      cause,
      hints: ['Name a file that does not exist, where the user of the service may write.'],
    })
  } finally {
    await rm(draft, { force: true })
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}
