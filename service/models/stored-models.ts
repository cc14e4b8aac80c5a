import { toZkserveError, ZkserveError } from '#circuits/errors.js'
import { type Bundle, loadBundle } from '#prover/bundle/load.js'
import type { Manifest } from '#prover/bundle/manifest.js'
import type { ModelRegistry } from '#service/models/model-registry.js'
import type { RegisteredModel } from '#service/models/registered-model.js'
import { RecentCache } from '#service/pool/recent-cache.js'
import type { BundleCache } from '#service/store/bundle-cache.js'
import { withPatience } from '#service/store/patience.js'

/** Models in memory at most: what answers need of them, not their keys. */
const loadedModels = 32
/** ms for which it is remembered what an id stands for: a deleted model may be found by another process so long. */
const memory = 1000
/** Ids that are remembered at most. */
const remembered = 1000
/** The models of the registry, with their bundles from the store where this process has one. */
export class StoredModels {
  readonly #registry: ModelRegistry
  readonly #cache: BundleCache | null
  readonly #published = new Set<string>()
  readonly #loaded = new RecentCache<Bundle>(loadedModels)
  readonly #found = new Map<string, { readonly model: RegisteredModel | null; readonly until: number }>()

  /** @param published digests of bundles that this process was given and has put into the store */
  constructor(registry: ModelRegistry, cache: BundleCache | null, published: Iterable<string> = []) {
    this.#registry = registry
    this.#cache = cache
    for (const digest of published) this.#published.add(digest)
  }

  newest(tenant: string, limit: number): Promise<readonly RegisteredModel[]> {
    return this.#registry.newest(tenant, limit)
  }

  /** As the registry's, remembered for a second where it is ready, or is not there and need not be (`optional`). */
  async find(tenant: string, id: string, optional: boolean): Promise<RegisteredModel | null> {
    const key = JSON.stringify([tenant, id])
    const known = this.#found.get(key)
    const now = performance.now()
    if (known !== undefined && known.until > now) return known.model
    const model = await this.#registry.find(tenant, id)
    this.#found.delete(key)
    if (model === null ? optional : model.state === 'ready') {
      if (this.#found.size >= remembered) this.#found.delete(this.#found.keys().next().value!)
      this.#found.set(key, { model, until: now + memory })
    }
    return model
  }

  /** Forgets what ids stand for: a model was deleted, or is ready. */
  forget(): void {
    this.#found.clear()
  }

  isPublished({ digest }: Manifest): boolean {
    return this.#published.has(digest)
  }

  /** What answering takes of a model. @throws ZkserveError `STORE_UNAVAILABLE`, `BUNDLE_CORRUPT` */
  async load({ manifest }: RegisteredModel): Promise<Bundle> {
    const { digest } = manifest!
    const bundle = await this.#loaded.get(digest, () =>
      this.#repaired(digest, () =>
        this.#ofStore().use(digest, 'answering', (directory) => loadBundle(directory, { late: true })),
      ),
    )
    this.#published.add(digest)
    return bundle
  }

  /** Works with all of a bundle. @throws ZkserveError `MODEL_NOT_FOUND`, `STORE_UNAVAILABLE`, `BUNDLE_CORRUPT` */
  async use<Result>(
    vkHash: string,
    work: (bundle: Bundle) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    const model = await this.#registry.byKey(vkHash)
    if (model === null) throw new ZkserveError('MODEL_NOT_FOUND', `no model "${vkHash}" is served`)
    const { digest } = model.manifest!
    const loadAndWork = async (directory: string): Promise<Result> => {
      const bundle = await this.#loaded.get(digest, () => loadBundle(directory, { late: true }))
      return work(bundle)
    }
    const cache = this.#ofStore()
    return this.#repaired(digest, () =>
      // The job's deadline and its cancellation end the waiting.
      withPatience(() => cache.use(digest, 'proving', loadAndWork, signal), signal),
    )
  }

  #ofStore(): BundleCache {
    if (this.#cache !== null) return this.#cache
    throw new ZkserveError('STORE_UNAVAILABLE', 'this process has no store of bundles', {
      hints: ['Give all processes the same --store.'],
    })
  }

  /** A copy that is damaged is fetched again, once. */
  async #repaired<Value>(digest: string, work: () => Promise<Value>): Promise<Value> {
    try {
      return await work()
    } catch (error) {
      const { code } = toZkserveError(error)
      if (code !== 'BUNDLE_CORRUPT' && code !== 'INVALID_KEY') throw error
      await this.#ofStore().discard(digest)
      return work()
    }
  }
}
