import { join } from 'node:path'
import type { Bundle } from '#prover/bundle/load.js'
import { readRegularFile } from '#prover/bundle/regular-file.js'
import type { ModelRegistry } from '#service/models/model-registry.js'
import type { BundleStore } from '#service/store/bundle-store.js'

export interface PublishTo {
  readonly registry: ModelRegistry
  readonly store: BundleStore
}

/**
 * Puts a bundle of the operator into the store, for all tenants and processes; one that is there stays as it is.
 * @throws ZkserveError `STORE_UNAVAILABLE`, `DATABASE_UNAVAILABLE`
 */
export async function publishShared(
  { registry, store }: PublishTo,
  { dir, manifest }: Bundle,
): Promise<void> {
  const { id, published } = await registry.share(manifest)
  if (published && (await store.blobs.has(`manifests/${manifest.digest}`))) return
  await store.publish(dir)
  await registry.shared(id, manifest, await readReport(dir))
}

async function readReport(directory: string): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(await readRegularFile(join(directory, 'report.json'))))
}
