import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'
import { isAlive } from '#prover/bundle/files.js'

const prefix = 'build-'
const own = `${prefix}${hostname()}-`

/**
 * Works in a new folder under `root`, which is gone afterwards.
 * @throws ZkserveError `STORE_UNAVAILABLE` where the file system refuses
 */
export async function inWorkspace<Value>(
  root: string,
  work: (folder: string) => Promise<Value>,
): Promise<Value> {
  const folder = await make(root)
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Removes the folders of this machine's processes that were killed. */
export async function sweepWorkspaces(root: string): Promise<void> {
  const names = await readdir(root).catch(() => [])
  for (const name of names) {
    if (!name.startsWith(own)) continue
    const pid = Number(name.slice(own.length).split('-')[0])
    if (!isAlive(pid)) await rm(join(root, name), { recursive: true, force: true })
  }
}

async function make(root: string): Promise<string> {
  try {
    await mkdir(root, { recursive: true, mode: 0o700 })
    return await mkdtemp(join(root, `${own}${process.pid}-`))
  } catch (cause) {
    const message = `builds cannot be kept in "${root}": ${(cause as Error).message}`
    throw new ZkserveError('STORE_UNAVAILABLE', message, { cause })
  }
}
