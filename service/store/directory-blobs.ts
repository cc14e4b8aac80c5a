import { randomBytes } from 'node:crypto'
import { constants, createWriteStream } from 'node:fs'
import { copyFile, link, mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { checkBlobName, corruptBlob, unavailable } from '#service/store/blob-errors.js'
import type { BlobEntry, BlobSource, BlobStore, FetchOptions } from '#service/store/blob-store.js'

/** ms after which a draft is one of a process that died. */
const draftLifetime = 86_400_000

/**
 * Blobs as files of one directory, `folder/ab/abcd…`. A blob is written beside the others, flushed, then renamed: any
 * number of processes may do so at once, on one machine or over a network's file system.
 */
export class DirectoryBlobs implements BlobStore {
  readonly place: string
  readonly #root: string
  readonly #drafts: string

  constructor(directory: string) {
    this.#root = resolve(directory)
    this.place = `"${directory}"`
    this.#drafts = join(this.#root, 'drafts')
  }

  async put(name: string, source: BlobSource): Promise<void> {
    const path = this.#path(name)
    await this.#guarded(async () => {
      await mkdir(this.#drafts, { recursive: true, mode: 0o700 })
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      const draft = join(this.#drafts, randomBytes(12).toString('hex'))
      try {
        await write(source, draft)
        await rename(draft, path)
        await flush(dirname(path))
      } catch (error) {
        await rm(draft, { force: true }).catch(() => undefined)
        throw error
      }
    })
  }

  has(name: string): Promise<boolean> {
    const path = this.#path(name)
    return this.#guarded(() =>
      ifThere(
        stat(path).then(() => true),
        false,
      ),
    )
  }

  /** A second name for the file where the file system has them: nothing that is there is ever changed. */
  async fetch(name: string, path: string, { limit }: FetchOptions): Promise<void> {
    const from = this.#path(name)
    await this.#guarded(async () => {
      await this.#checkSize(name, from, limit)
      await link(from, path).catch(() => copyFile(from, path, constants.COPYFILE_EXCL))
    })
  }

  read(name: string, { limit }: FetchOptions): Promise<Uint8Array> {
    const path = this.#path(name)
    return this.#guarded(async () => {
      await this.#checkSize(name, path, limit)
      const file = await open(path)
      try {
        return await file.readFile()
      } finally {
        await file.close()
      }
    })
  }

  remove(name: string): Promise<void> {
    const path = this.#path(name)
    return this.#guarded(() => rm(path, { force: true }))
  }

  async *list(folder: string): AsyncGenerator<BlobEntry> {
    await this.#guarded(() => this.#sweepDrafts())
    for (const prefix of await this.#entries(folder)) {
      for (const name of await this.#entries(join(folder, prefix))) {
        const path = join(this.#root, folder, prefix, name)
        const file = await this.#guarded(() => ifThere(stat(path), null))
        if (file?.isFile()) yield { name: `${folder}/${name}`, bytes: file.size, modifiedAt: file.mtimeMs }
      }
    }
  }

  async close(): Promise<void> {}

  #path(name: string): string {
    const [folder, file] = checkBlobName(name).split('/') as [string, string]
    return join(this.#root, folder, file.slice(0, 2), file)
  }

  #entries(folder: string): Promise<string[]> {
    return this.#guarded(() => ifThere(readdir(join(this.#root, folder)), []))
  }

  async #checkSize(name: string, path: string, limit: number): Promise<void> {
    const file = await ifThere(stat(path), null)
    if (file === null || !file.isFile()) throw corruptBlob(this.place, name, 'is not there')
    if (file.size > limit) throw corruptBlob(this.place, name, `has more than ${limit} bytes`)
  }

  /** Other machines' processes have numbers that say nothing here, so drafts go by their age. */
  async #sweepDrafts(): Promise<void> {
    for (const name of await ifThere(readdir(this.#drafts), [])) {
      const path = join(this.#drafts, name)
      const file = await ifThere(stat(path), null)
      if (file !== null && Date.now() - file.mtimeMs > draftLifetime) await rm(path, { force: true })
    }
  }

  async #guarded<Value>(work: () => Promise<Value>): Promise<Value> {
    try {
      return await work()
    } catch (error) {
      throw unavailable(this.place, error)
    }
  }
}

async function write(source: BlobSource, path: string): Promise<void> {
  if (source instanceof Uint8Array) return writeFile(path, source, { flush: true, mode: 0o600 })
  const file = await open(source.path)
  await pipeline(
    file.createReadStream({ highWaterMark: 1 << 20 }),
    createWriteStream(path, { flush: true, mode: 0o600 }),
  )
}

async function flush(directory: string): Promise<void> {
  const handle = await open(directory)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** What is asked of a path, or `absent` where nothing is there. */
async function ifThere<Value>(asked: Promise<Value>, absent: Value): Promise<Value> {
  try {
    return await asked
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return absent
    throw error
  }
}
