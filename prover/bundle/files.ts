import { createHash, randomBytes } from 'node:crypto'
import { access, link, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'

/** SHA-256 as 64 hex digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/**
 * Writes a file whole or not at all: to a neighbour first, flushed, then renamed.
 * @param mode who may read it; whoever the process lets by default
 */
export async function writeFileWhole(
  path: string,
  content: Uint8Array | string,
  mode = 0o666,
): Promise<void> {
  const partial = join(
    dirname(path),
    `.${basename(path)}.${process.pid}-${randomBytes(4).toString('hex')}.partial`,
  )
  try {
    await writeFile(partial, content, { flush: true, mode })
    await rename(partial, path)
  } catch (cause) {
    await rm(partial, { force: true })
    throw new ZkserveError('FILE_NOT_FOUND', `"${path}" cannot be written: ${(cause as Error).message}`, {
      cause,
    })
  }
}

/**
 * Fills a new directory whole or not at all: `fill` gets a staging directory beside it, renamed at the end.
 * Staging directories of builds that were killed are swept.
 * @throws ZkserveError `BUNDLE_EXISTS`, `FILE_NOT_FOUND` where the file system refuses
 */
export async function makeDirectoryWhole<T>(path: string, fill: (staging: string) => Promise<T>): Promise<T> {
  const target = resolve(path)
  const parent = dirname(target)
  const prefix = `.${basename(target)}.building-`
  const staging = join(parent, `${prefix}${process.pid}-${randomBytes(4).toString('hex')}`)
  await refuseExisting(target)
  try {
    await mkdir(parent, { recursive: true })
    await sweep(parent, prefix)
    await mkdir(staging)
    const result = await fill(staging)
    await refuseExisting(target)
    await rename(staging, target)
    await syncPath(parent)
    return result
  } catch (error) {
    await rm(staging, { recursive: true, force: true }).catch(() => {})
    throw isSystemError(error) ? unwritable(target, error) : error
  }
}

/**
 * Makes a new file whole or not at all: `fill` writes a neighbour, which gets the name at the end. What is there is
 * never replaced, whoever is quicker. Neighbours of processes that were killed are swept.
 * @throws ZkserveError `BUNDLE_EXISTS`, `FILE_NOT_FOUND` where the file system refuses
 */
export async function makeFileWhole<T>(path: string, fill: (partial: string) => Promise<T>): Promise<T> {
  const target = resolve(path)
  const parent = dirname(target)
  const prefix = `.${basename(target)}.building-`
  const partial = join(parent, `${prefix}${process.pid}-${randomBytes(4).toString('hex')}`)
  await refuseExisting(target)
  try {
    await sweep(parent, prefix)
    const result = await fill(partial)
    await syncPath(partial)
    await link(partial, target)
    await syncPath(parent)
    return result
  } catch (error) {
    throw isSystemError(error) ? unwritable(target, error) : error
  } finally {
    await rm(partial, { force: true }).catch(() => {})
  }
}

/** Makes a new file that its owner alone may read. @throws ZkserveError as {@link makeFileWhole} */
export function makePrivateFile(path: string, text: string): Promise<void> {
  return makeFileWhole(path, (partial) => writeFile(partial, text, { mode: 0o600 }))
}

/**
 * The same where there is no such file yet; what is there is left as it is.
 * @param text of the new file
 * @throws ZkserveError as {@link makeFileWhole}
 */
export async function ensurePrivateFile(path: string, text: () => string): Promise<void> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  )
  if (!isThere) await makePrivateFile(path, text())
}

/** Whether the file system refused: no space, no permission, no directory. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}

function unwritable(target: string, cause: NodeJS.ErrnoException): ZkserveError {
  // Another build was quicker.
  if (
    (cause.syscall === 'rename' || cause.syscall === 'link') &&
    (cause.code === 'ENOTEMPTY' || cause.code === 'EEXIST')
  )
    return new ZkserveError('BUNDLE_EXISTS', `"${target}" exists and is not empty`, { cause })
  return new ZkserveError('FILE_NOT_FOUND', `"${target}" cannot be written: ${cause.message}`, {
    cause,
    hints: ['Check the path, its permissions and the free space.'],
  })
}

async function refuseExisting(target: string): Promise<void> {
  const entries = await readdir(target).catch(() => null)
  const isFile =
    entries === null &&
    (await access(target).then(
      () => true,
      () => false,
    ))
  if (isFile || (entries !== null && entries.length > 0)) {
    throw new ZkserveError('BUNDLE_EXISTS', `"${target}" exists and is not empty`)
  }
}

/** Removes staging directories whose process is gone. */
async function sweep(parent: string, prefix: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue
    const pid = Number(name.slice(prefix.length).split('-')[0])
    if (!isAlive(pid)) await rm(join(parent, name), { recursive: true, force: true })
  }
}

/** Whether a process of this machine runs, whoever's it is. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
