import { join } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'
import { type Bundle, readManifest } from '#prover/bundle/load.js'
import { readRegularFile } from '#prover/bundle/regular-file.js'
import type { BuildClaim, ModelRegistry } from '#service/models/model-registry.js'
import type { BundleStore } from '#service/store/bundle-store.js'

export interface PublishTo {
  readonly registry: ModelRegistry
  readonly store: BundleStore
}

/**
 * Puts a tenant's model that was built into the store, and makes it ready.
 * @param id of the model in the registry
 * @returns false where the claim holds no more, or the model was deleted, or is ready by an earlier claim
 * @throws ZkserveError `STORE_UNAVAILABLE`, `BUNDLE_NOT_FOUND`, `BUNDLE_CORRUPT`
 */
export async function publishBuilt(
  { registry, store }: PublishTo,
  id: string,
  directory: string,
  claim: BuildClaim,
): Promise<boolean> {
  const manifest = await readManifest(directory)
  if (manifest.view !== 'owner')
    throw new ZkserveError('BUNDLE_NOT_FOUND', 'a public view is no model to serve')
  if (!(await registry.pin(id, manifest, claim))) return false
  await store.publish(directory)
  return registry.ready(id, await readReport(directory), claim)
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
  await registry.shared(id, await readReport(dir))
}

async function readReport(directory: string): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(await readRegularFile(join(directory, 'report.json'))))
}
