import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ZkserveError } from '#circuits/errors.js'
import { readManifest } from '#prover/bundle/load.js'
import {
  type BundleFile,
  type FileEntry,
  filesWith,
  type Manifest,
  manifestName,
} from '#prover/bundle/manifest.js'
import type { BlobStore } from '#service/store/blob-store.js'
import { withPatience } from '#service/store/patience.js'

/** A file of a bundle, as its manifest lists it. */
export interface BundleEntry extends FileEntry {
  readonly name: BundleFile
}

/** The files of a bundle. @throws ZkserveError `BUNDLE_CORRUPT` for entries that name no file */
export function bundleEntries({ weights, files }: Manifest): readonly BundleEntry[] {
  return filesWith(weights, (name) => files[name] !== undefined).map((name) => {
    const { sha256, bytes } = files[name]!
    if (
      typeof sha256 === 'string' &&
      /^[0-9a-f]{64}$/.test(sha256) &&
      Number.isSafeInteger(bytes) &&
      bytes >= 0
    )
      return { name, sha256, bytes }
    throw new ZkserveError('BUNDLE_CORRUPT', `the manifest has no hash and size for ${name}`)
  })
}

/**
 * Bundles by their digest: manifests by the digests in them, files by their SHA-256, so that versions share what is
 * alike. What nobody refers to is removed by `collectBlobs`.
 */
export class BundleStore {
  readonly blobs: BlobStore

  constructor(blobs: BlobStore) {
    this.blobs = blobs
  }

  /**
   * Puts a bundle into the store, its files first: who finds a manifest finds its files. Files that are there are
   * left alone; a store that does not answer is waited for.
   * @returns the bundle's digest
   * @throws ZkserveError `STORE_UNAVAILABLE`, `BUNDLE_NOT_FOUND`, `BUNDLE_CORRUPT`
   */
  async publish(directory: string): Promise<string> {
    const manifest = await readManifest(directory)
    if (manifest.view === 'public') {
      throw new ZkserveError('BUNDLE_NOT_FOUND', `"${directory}" holds the public view of a model`)
    }
    for (const { name, sha256 } of bundleEntries(manifest)) {
      const blob = `files/${sha256}`
      if (await withPatience(() => this.blobs.has(blob))) continue
      const path = join(directory, name)
      if ((await hashFile(path)) !== sha256) {
        throw new ZkserveError('BUNDLE_CORRUPT', `${name} has another hash than the manifest gives`)
      }
      await withPatience(() => this.blobs.put(blob, { path }))
    }
    const path = join(directory, manifestName)
    await withPatience(() => this.blobs.put(`manifests/${manifest.digest}`, { path }))
    return manifest.digest
  }

  close(): Promise<void> {
    return this.blobs.close()
  }
}

/** SHA-256 of a file as 64 hex digits, without keeping it in memory. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
  return hash.digest('hex')
}
