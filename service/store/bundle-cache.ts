import { randomBytes } from 'node:crypto'
import { link, mkdir, readdir, rm, stat, utimes } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'
import { isAlive } from '#prover/bundle/files.js'
import { isLateFile, readManifest } from '#prover/bundle/load.js'
import { type Manifest, manifestName } from '#prover/bundle/manifest.js'
import { unavailable } from '#service/store/blob-errors.js'
import { type BundleStore, bundleEntries, hashFile } from '#service/store/bundle-store.js'
import { CacheHolds } from '#service/store/cache-holds.js'

export interface BundleCacheOptions {
  readonly store: BundleStore
  readonly directory: string
  /** Bytes that are kept; what is in use counts, but never has to go. */
  readonly limit: number
}

/** What is needed of a bundle: `answering` leaves out what only proofs take, the large part. */
export type BundlePart = 'answering' | 'proving'

/** Bytes that a manifest may have. */
const manifestLimit = 1 << 26

/**
 * Bundles of the store on this machine's disk, one directory each, named by its digest. A file appears under its name
 * when its hash was found right. Any number of processes may share the directory; a bundle in use is never removed,
 * and of the others the least recently used goes first.
 */
export class BundleCache {
  readonly #options: BundleCacheOptions
  readonly #root: string
  readonly #drafts: string
  readonly #holds: CacheHolds
  /** Bundles whose size may have changed since room was made. */
  readonly #grown = new Set<string>()
  /** Fetches of this process under way, by digest: one after another. */
  readonly #fetching = new Map<string, Promise<unknown>>()

  private constructor(options: BundleCacheOptions) {
    this.#options = options
    this.#root = resolve(options.directory)
    this.#drafts = join(this.#root, 'drafts')
    this.#holds = new CacheHolds(this.#root)
  }

  /** Makes the directory where there is none. @throws ZkserveError `STORE_UNAVAILABLE` where it cannot be written */
  static async open(options: BundleCacheOptions): Promise<BundleCache> {
    const cache = new BundleCache(options)
    await cache.#guarded(async () => {
      await cache.#holds.open()
      await mkdir(cache.#drafts, { recursive: true, mode: 0o700 })
      await cache.#sweepDrafts()
    })
    return cache
  }

  /**
   * Works with a bundle's directory, fetching what is missing; it stays until the work has ended.
   * @throws ZkserveError `STORE_UNAVAILABLE`, `BUNDLE_CORRUPT`, `MODEL_TOO_LARGE` where the cache cannot hold it
   */
  async use<Result>(
    digest: string,
    part: BundlePart,
    work: (directory: string) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    if (!/^[0-9a-f]{64}$/.test(digest)) throw new ZkserveError('BUNDLE_CORRUPT', 'wrong digest of a bundle')
    await this.#guarded(() => this.#holds.take(digest))
    try {
      const directory = await this.#alone(digest, () => this.#complete(digest, part, signal))
      return await work(directory)
    } finally {
      await this.#guarded(() => this.#holds.give(digest))
      // What a prover wrote beside its key counts too; it does so once.
      if (!this.#holds.has(digest) && this.#grown.delete(digest)) await this.#makeRoom(0, digest)
    }
  }

  /** Removes a bundle that was found damaged, for it to be fetched again; one in use elsewhere stays. */
  async discard(digest: string): Promise<void> {
    await this.#guarded(() => this.#holds.locked(() => this.#evict(digest)))
  }

  /** One work on a bundle after another. */
  #alone<Value>(digest: string, work: () => Promise<Value>): Promise<Value> {
    const before = this.#fetching.get(digest) ?? Promise.resolve()
    const own = before.catch(() => undefined).then(work)
    this.#fetching.set(digest, own)
    return own.finally(() => {
      if (this.#fetching.get(digest) === own) this.#fetching.delete(digest)
    })
  }

  async #complete(digest: string, part: BundlePart, signal?: AbortSignal): Promise<string> {
    const directory = join(this.#root, digest)
    const draft = join(this.#drafts, `${process.pid}-${randomBytes(8).toString('hex')}`)
    try {
      await this.#guarded(() => mkdir(directory, { recursive: true, mode: 0o700 }))
      await this.#guarded(() => mkdir(draft, { mode: 0o700 }))
      const fetch = async (blob: string, name: string, limit: number): Promise<string> => {
        const path = join(draft, name)
        await this.#options.store.blobs.fetch(blob, path, {
          limit,
          ...(signal === undefined ? {} : { signal }),
        })
        return path
      }
      if (!(await isThere(join(directory, manifestName)))) {
        const path = await fetch(`manifests/${digest}`, manifestName, manifestLimit)
        checkDigest(await readManifest(draft), digest)
        await this.#guarded(() => settle(path, join(directory, manifestName)))
      }
      const manifest = checkDigest(await readManifest(directory), digest)
      const missing = await this.#missing(directory, manifest, part)
      if (missing.length > 0) {
        this.#grown.add(digest)
        await this.#makeRoom(missing.reduce((sum, { bytes }) => sum + bytes, 0))
      }
      for (const { name, sha256, bytes } of missing) {
        const path = await fetch(`files/${sha256}`, name, bytes)
        if ((await hashFile(path)) !== sha256) {
          throw new ZkserveError(
            'BUNDLE_CORRUPT',
            `the store of bundles ${this.#options.store.blobs.place} is damaged: ${name} of ${digest} has another hash than its manifest gives`,
          )
        }
        await this.#guarded(() => settle(path, join(directory, name), bytes))
      }
      // The time of the last use.
      const now = new Date()
      await this.#guarded(() => utimes(directory, now, now))
      return directory
    } finally {
      await rm(draft, { recursive: true, force: true }).catch(() => undefined)
    }
  }

  /** Files that are not there yet. @throws ZkserveError `BUNDLE_CORRUPT`, `MODEL_TOO_LARGE` */
  async #missing(directory: string, manifest: Manifest, part: BundlePart) {
    const { limit } = this.#options
    const entries = bundleEntries(manifest).filter(({ name }) => part === 'proving' || !isLateFile(name))
    const whole = entries.reduce((sum, { bytes }) => sum + bytes, 0)
    if (whole > limit) {
      throw new ZkserveError(
        'MODEL_TOO_LARGE',
        `the bundle has ${whole} bytes, and the cache holds ${limit}`,
        {
          hints: ['Raise --cache-size.'],
        },
      )
    }
    const sizes = await Promise.all(entries.map(({ name }) => sizeOf(join(directory, name))))
    return entries.filter(({ bytes }, i) => sizes[i] !== bytes)
  }

  /**
   * Removes what was not used longest until so many bytes more may be kept, or all that is left is in use.
   * @param last used, which stays: else one that grew beyond the limit would be fetched for each proof
   */
  #makeRoom(needed: number, last?: string): Promise<void> {
    return this.#guarded(async () => {
      const known = await this.#entries()
      let used = known.reduce((sum, { bytes }) => sum + bytes, 0)
      if (used + needed <= this.#options.limit) return
      await this.#holds.locked(async () => {
        const oldest = known.sort((one, other) => one.usedAt - other.usedAt)
        for (const { digest, bytes } of oldest) {
          if (used + needed <= this.#options.limit) return
          if (digest !== last && (await this.#evict(digest))) used -= bytes
        }
      })
    })
  }

  /** Takes a bundle out of sight at once where nobody uses it, and removes it. */
  async #evict(digest: string): Promise<boolean> {
    if (await this.#holds.anyOf(digest)) return false
    await rm(join(this.#root, digest), { recursive: true, force: true })
    return true
  }

  async #entries() {
    const names = (await readdir(this.#root)).filter((name) => /^[0-9a-f]{64}$/.test(name))
    return Promise.all(
      names.map(async (digest) => {
        const directory = join(this.#root, digest)
        const files = await readdir(directory).catch(() => [])
        const sizes = await Promise.all(files.map((name) => sizeOf(join(directory, name))))
        const usedAt = await stat(directory).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        )
        return { digest, usedAt, bytes: sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0) }
      }),
    )
  }

  /** Removes the drafts of processes that were killed. */
  async #sweepDrafts(): Promise<void> {
    for (const name of await readdir(this.#drafts)) {
      const pid = Number(name.split('-')[0])
      if (!isAlive(pid)) await rm(join(this.#drafts, name), { recursive: true, force: true })
    }
  }

  async #guarded<Value>(work: () => Promise<Value>): Promise<Value> {
    try {
      return await work()
    } catch (error) {
      throw unavailable(`(its cache "${this.#options.directory}")`, error)
    }
  }
}

function checkDigest(manifest: Awaited<ReturnType<typeof readManifest>>, digest: string): Manifest {
  if (manifest.digest === digest && manifest.view === 'owner') return manifest
  throw new ZkserveError('BUNDLE_CORRUPT', `the manifest of the bundle ${digest} is another's`)
}

/** Gives a file its name; another process may have been quicker, and what is whole is never replaced. */
async function settle(draft: string, path: string, bytes?: number): Promise<void> {
  if (bytes !== undefined && (await sizeOf(path)) !== bytes) await rm(path, { force: true })
  await link(draft, path).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
}

async function isThere(path: string): Promise<boolean> {
  return (await sizeOf(path)) !== null
}

async function sizeOf(path: string): Promise<number | null> {
  return stat(path).then(
    (file) => (file.isFile() ? file.size : null),
    () => null,
  )
}
