import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'
import { holderOf, ownMark } from '#service/database/process-mark.js'

/**
 * Takes a data directory for this process, and makes it where there is none. The embedded database keeps no lock of
 * its own, and two processes in one directory would ruin it.
 * @returns gives the directory free
 * @throws ZkserveError `DATA_DIRECTORY_IN_USE`, `FILE_NOT_FOUND`
 */
export function lockDirectory(directory: string): () => void {
  const path = join(directory, 'zkserve.lock')
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw unwritable(directory, cause)
  }
  const own = join(directory, `.lock-${process.pid}-${randomBytes(4).toString('hex')}`)
  try {
    writeFileSync(own, ownMark())
    // A link appears whole or not at all, and not over another.
    for (let attempt = 0; attempt < 3; attempt++) {
      if (linked(own, path)) return () => rmSync(path, { force: true })
      const holder = holderOf(path)
      if (holder !== null) {
        const message = `the data directory "${directory}" is in use by process ${holder}`
        throw new ZkserveError('DATA_DIRECTORY_IN_USE', message, { details: { pid: holder } })
      }
      discardStale(path, `${own}.stale`)
    }
    throw new ZkserveError('DATA_DIRECTORY_IN_USE', `other processes take the data directory "${directory}"`)
  } catch (error) {
    throw error instanceof ZkserveError ? error : unwritable(directory, error)
  } finally {
    rmSync(own, { force: true })
  }
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Removes the lock of a process that was killed; one that another process took meanwhile goes back. */
function discardStale(path: string, aside: string): void {
  try {
    renameSync(path, aside)
  } catch {
    return
  }
  if (holderOf(aside) !== null) linked(aside, path)
  rmSync(aside, { force: true })
}

function unwritable(directory: string, cause: unknown): ZkserveError {
  return new ZkserveError(
    'FILE_NOT_FOUND',
    `the data directory "${directory}" cannot be written: ${(cause as Error).message}`,
    { cause, hints: ['Choose another with --data-dir, or check permissions and free space.'] },
  )
}
