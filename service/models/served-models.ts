import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'
import { type Bundle, loadBundle } from '#prover/bundle/load.js'
import { type Manifest, manifestName } from '#prover/bundle/manifest.js'
import type { ProvableModel } from '#service/jobs/able-workers.js'
import type { RegisteredModel } from '#service/models/registered-model.js'
import type { StoredModels } from '#service/models/stored-models.js'

/** What is told of a model without loading it. */
export interface ListedModel {
  readonly manifest: Manifest
}

/** Names that a tenant may have for a request to leave out which one it means. */
const several = 20

/**
 * The models that a service offers: bundles that the process was given, and where there is a store the tenants' own and
 * the operator's in it.
 */
export class ServedModels {
  /** The bundles that this process was given. */
  readonly bundles: readonly Bundle[]
  readonly #stored: StoredModels | null

  constructor(bundles: readonly Bundle[], stored: StoredModels | null = null) {
    this.bundles = bundles
    this.#stored = stored
  }

  /**
   * Loads bundles, each checked.
   * @param directories bundles, or directories of bundles
   * @throws ZkserveError `BUNDLE_NOT_FOUND`, `BUNDLE_CORRUPT`, `INVALID_KEY`
   */
  static async load(directories: readonly string[]): Promise<ServedModels> {
    const found = (await Promise.all(directories.map(findBundles))).flat()
    const bundles = new Map<string, Bundle>()
    for (const directory of new Set(found)) {
      const bundle = await loadBundle(directory)
      bundles.set(bundle.manifest.vkHash, bundle)
    }
    return new ServedModels([...bundles.values()])
  }

  /** The same bundles, and the models in the store. */
  with(stored: StoredModels): ServedModels {
    return new ServedModels(this.bundles, stored)
  }

  /** Names of the bundles that this process was given. */
  get names(): string[] {
    return this.bundles.map(({ manifest }) => manifest.name)
  }

  /** What a tenant may use without naming versions: the newest of each name. */
  async list(tenant: string): Promise<readonly ListedModel[]> {
    const models = new Map<string, ListedModel>()
    for (const bundle of this.bundles) models.set(bundle.manifest.vkHash, bundle)
    for (const { manifest } of (await this.#stored?.newest(tenant, 1000)) ?? []) {
      if (!models.has(manifest!.vkHash)) models.set(manifest!.vkHash, { manifest: manifest! })
    }
    return [...models.values()]
  }

  /**
   * Works with the bundle of a verifying key, whoever's it is; its files stay until the work has ended. A copy of the
   * store's that turns out to be damaged is fetched again, and the work begun again, once.
   * @throws ZkserveError `MODEL_NOT_FOUND`, `STORE_UNAVAILABLE`, `BUNDLE_CORRUPT`
   */
  async use<Result>(
    vkHash: string,
    work: (bundle: Bundle) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    const own = this.bundles.find(({ manifest }) => manifest.vkHash === vkHash)
    if (own !== undefined) return work(own)
    if (this.#stored === null) throw notServed(vkHash)
    return this.#stored.use(vkHash, work, signal)
  }

  /** The digest by which others find the bundle in the store; null where it is not there. */
  storedDigest({ manifest }: ListedModel): string | null {
    return this.#stored?.isPublished(manifest) === true ? manifest.digest : null
  }

  /** A bundle as those look at it who ask which worker is able to prove it. */
  provable(bundle: ListedModel): ProvableModel {
    return { vkHash: bundle.manifest.vkHash, stored: this.storedDigest(bundle) !== null }
  }

  /**
   * The model of an id among what a tenant may use: id of the registry, model hash, verifying-key hash, name (its
   * newest version), `name:version`. The tenant's own go before the operator's. Without an id, the only one.
   * @throws ZkserveError `MODEL_NOT_FOUND`, `MODEL_NOT_READY`, `INVALID_REQUEST` where the id fits several,
   *   `STORE_UNAVAILABLE`, `BUNDLE_CORRUPT`
   */
  async find(tenant: string, id: string | undefined): Promise<Bundle> {
    if (this.#stored === null) return this.findOwn(id)
    if (id === undefined) return this.#findOnly(tenant)
    const isOwn = this.#fitting(id).length > 0
    const registered = await this.#stored.find(tenant, id, isOwn)
    if (registered?.state === 'ready' && registered.tenant !== null) return this.#stored.load(registered)
    if (isOwn) return this.findOwn(id)
    if (registered === null) throw notServed(id)
    if (registered.state !== 'ready') throw notReady(registered)
    return this.#stored.load(registered)
  }

  /**
   * The bundle of an id among those that this process was given: model hash, verifying-key hash, name, or name of its
   * directory. Without an id, the only one.
   * @throws ZkserveError `MODEL_NOT_FOUND`, `INVALID_REQUEST` where the id fits several
   */
  findOwn(id: string | undefined): Bundle {
    const fitting = this.#fitting(id)
    if (fitting.length > 1) throw severalFit(id, fitting)
    if (fitting.length === 0) throw notServed(id ?? '')
    return fitting[0]!
  }

  #fitting(id: string | undefined): readonly Bundle[] {
    return id === undefined ? this.bundles : this.bundles.filter((bundle) => idsOf(bundle).has(id))
  }

  async #findOnly(tenant: string): Promise<Bundle> {
    const stored = (await this.#stored!.newest(tenant, several)).filter(
      ({ manifest }) => !this.bundles.some((own) => own.manifest.vkHash === manifest!.vkHash),
    )
    if (stored.length === 0) return this.findOwn(undefined)
    const all = [...this.bundles, ...stored.map(({ manifest }) => ({ manifest: manifest! }))]
    if (all.length > 1) throw severalFit(undefined, all)
    return this.#stored!.load(stored[0]!)
  }
}

function notServed(id: string): ZkserveError {
  return new ZkserveError('MODEL_NOT_FOUND', `no model "${id}" is served`)
}

function notReady({ name, version, state, job, error }: RegisteredModel): ZkserveError {
  const reason =
    state === 'failed' ? `could not be built${error === null ? '' : `: ${error.message}`}` : 'is being built'
  const details = { ...(job === null ? {} : { job }), ...(error === null ? {} : { code: error.code }) }
  return new ZkserveError('MODEL_NOT_READY', `the model "${name}:${version}" ${reason}`, { details })
}

function severalFit(id: string | undefined, models: readonly ListedModel[]): ZkserveError {
  const message = id === undefined ? 'several models are served' : `several models are called "${id}"`
  return new ZkserveError('INVALID_REQUEST', message, {
    hints: ['Name the model by its `modelHash`, or by its `vkHash`.'],
    details: { vkHashes: models.map(({ manifest }) => manifest.vkHash) },
  })
}

function idsOf({ dir, manifest }: Bundle): ReadonlySet<string> {
  const hashes = [manifest.modelHash, manifest.vkHash]
  return new Set([...hashes, ...hashes.map((hash) => hash.slice(2)), manifest.name, basename(resolve(dir))])
}

async function findBundles(directory: string): Promise<readonly string[]> {
  const path = resolve(directory)
  if (isBundle(path)) return [path]
  const entries = await readdir(path).catch(() => [])
  // Hidden directories are builds under way.
  const inside = entries.filter((name) => !name.startsWith('.')).map((name) => join(path, name))
  const bundles = inside.filter(isBundle).sort()
  if (bundles.length > 0) return bundles
  throw new ZkserveError('BUNDLE_NOT_FOUND', `"${directory}" is no bundle and holds none`)
}

function isBundle(path: string): boolean {
  return existsSync(join(path, manifestName))
}
