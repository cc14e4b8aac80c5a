import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { ZkserveError } from '#circuits/errors.js'
import { readPage, readRecords } from '#service/audit/read-records.js'
import { type VerifiedChain, verifyChain } from '#service/audit/verify-chain.js'
import { openEmbedded } from '#service/database/open-database.js'
import { keyPath } from '#service/secrets/open-cipher.js'

export interface RestoreOptions {
  readonly file: string
  /** File with the encryption key; null where it comes from the environment, or is lost. */
  readonly key: string | null
  /** Data directory, which must not hold anything yet. */
  readonly dataDir: string
}

const unpack = promisify(gunzip)

/**
 * Makes a data directory from a backup, and checks its audit log.
 * @throws ZkserveError `FILE_NOT_FOUND`, `USAGE` where the directory holds something, `INVALID_DATA` for a file that
 *   is no backup or is damaged, `AUDIT_BROKEN`
 */
export async function restoreBackup({ file, key, dataDir }: RestoreOptions): Promise<VerifiedChain> {
  const packed = await readFile(file).catch((cause) => {
    throw new ZkserveError('FILE_NOT_FOUND', `"${file}" cannot be read: ${cause.message}`, { cause })
  })
  if (key !== null && !existsSync(key))
    throw new ZkserveError('FILE_NOT_FOUND', `the key "${key}" does not exist`)
  if (existsSync(dataDir) && readdirSync(dataDir).length > 0) {
    throw new ZkserveError('USAGE', `the directory "${dataDir}" holds something already`, {
      hints: ['Restore into a new directory by --data-dir.'],
    })
  }
  // Unpacked here: PGlite lets errors of damaged files escape.
  const bytes = await unpack(packed).catch((cause) => {
    throw noBackup(file, cause)
  })
  const made = !existsSync(dataDir)
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    const database = await openEmbedded(dataDir, new Blob([bytes], { type: 'application/x-tar' }))
    const chain = await verifyChain(readRecords((from) => readPage(database.tables, from))).finally(() =>
      database.close(),
    )
    if (key !== null) copyFileSync(key, keyPath(dataDir))
    return chain
  } catch (error) {
    if (made) rmSync(dataDir, { recursive: true, force: true })
    else for (const name of readdirSync(dataDir)) rmSync(join(dataDir, name), { recursive: true })
    if (error instanceof ZkserveError && error.code !== 'DATABASE_UNAVAILABLE') throw error
    throw noBackup(file, error)
  }
}

function noBackup(file: string, cause: unknown): ZkserveError {
  return new ZkserveError('INVALID_DATA', `"${file}" is no backup, or is damaged`, {
    cause,
    hints: ['Give a file that `zkserve backup` wrote, of this version of zkserve or an earlier one.'],
  })
}
