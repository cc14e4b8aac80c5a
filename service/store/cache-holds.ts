import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ZkserveError } from '#circuits/errors.js'
import { lockDirectory } from '#service/database/data-directory.js'
import { holderOf, ownMark } from '#service/database/process-mark.js'

/** Waits for the lock of a cache, 20 ms each: it is held for some milliseconds. */
const waits = 500

/**
 * Who uses which bundle of a cache: counted in this process, and told to others by a file for each process and bundle.
 * Those of processes that were killed do not count.
 */
export class CacheHolds {
  readonly #root: string
  readonly #marks: string
  readonly #name = randomBytes(8).toString('hex')
  readonly #counts = new Map<string, number>()
  /** What this process does under the lock, one after another. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(root: string) {
    this.#root = root
    this.#marks = join(root, 'in-use')
  }

  async open(): Promise<void> {
    await mkdir(this.#marks, { recursive: true, mode: 0o700 })
  }

  has(digest: string): boolean {
    return this.#counts.has(digest)
  }

  async take(digest: string): Promise<void> {
    this.#counts.set(digest, (this.#counts.get(digest) ?? 0) + 1)
    try {
      // Under the lock, so that nobody is just removing the bundle.
      await this.locked(() => writeFile(this.#markOf(digest), ownMark()))
    } catch (error) {
      await this.give(digest).catch(() => undefined)
      throw error
    }
  }

  async give(digest: string): Promise<void> {
    const count = this.#counts.get(digest)! - 1
    if (count > 0) {
      this.#counts.set(digest, count)
      return
    }
    this.#counts.delete(digest)
    await this.locked(async () => {
      if (!this.#counts.has(digest)) await rm(this.#markOf(digest), { force: true })
    })
  }

  /** Whether a process that lives uses the bundle; to be asked under the lock. */
  async anyOf(digest: string): Promise<boolean> {
    if (this.#counts.has(digest)) return true
    for (const name of await readdir(this.#marks)) {
      if (!name.startsWith(`${digest}.`)) continue
      const path = join(this.#marks, name)
      if (holderOf(path) !== null) return true
      await rm(path, { force: true })
    }
    return false
  }

  /** Works while nobody else takes or removes bundles. */
  locked<Value>(work: () => Promise<Value>): Promise<Value> {
    const own = this.#last.then(async () => {
      const unlock = await this.#lock()
      try {
        return await work()
      } finally {
        unlock()
      }
    })
    this.#last = own.catch(() => undefined)
    return own
  }

  async #lock(): Promise<() => void> {
    for (let attempt = 0; attempt < waits; attempt++) {
      try {
        return lockDirectory(this.#root)
      } catch (error) {
        if (!(error instanceof ZkserveError) || error.code !== 'DATA_DIRECTORY_IN_USE') throw error
      }
      await sleep(20)
    }
    throw new ZkserveError(
      'STORE_UNAVAILABLE',
      `another process keeps the cache of bundles "${this.#root}"`,
      {
        details: { retryAfter: 5 },
      },
    )
  }

  #markOf(digest: string): string {
    return join(this.#marks, `${digest}.${this.#name}`)
  }
}
