import type { FastifyBaseLogger } from 'fastify'
import { toZkserveError, ZkserveError } from '#circuits/errors.js'
import type { Config } from '#service/config/schema.js'
import { guarded } from '#service/database/guarded.js'
import type { Database } from '#service/database/open-database.js'
import { collectBlobs } from '#service/models/collect-blobs.js'
import { ModelRegistry } from '#service/models/model-registry.js'
import { publishShared } from '#service/models/publish-model.js'
import type { ServedModels } from '#service/models/served-models.js'
import { StoredModels } from '#service/models/stored-models.js'
import type { BundleStore } from '#service/store/bundle-store.js'
import { openStore } from '#service/store/open-store.js'

/** The models that a service offers, and where they are kept. */
export interface OpenModels {
  readonly models: ServedModels
  readonly registry: ModelRegistry
  /** Null where this process has no store: it takes no uploads, and serves what it was given. */
  readonly store: BundleStore | null
  /** Forgets at once what ids stand for, after a model was deleted. */
  forget(): void
  close(): Promise<void>
}

/** ms between looks for blobs that nobody refers to, and for which they are let be. */
const collectEvery = 3_600_000

/** Names the database in the store. */
const ownerBlob = 'owner/database'

/**
 * Opens the store of bundles. Bundles that the process was given go into a store that the settings name, so that
 * other processes learn of them.
 * @throws ZkserveError `USAGE`, `STORE_UNAVAILABLE`, `DATABASE_UNAVAILABLE`
 */
export async function openModels(
  config: Config,
  given: ServedModels,
  database: Database,
  log: Pick<FastifyBaseLogger, 'warn' | 'info'>,
): Promise<OpenModels> {
  const registry = new ModelRegistry(database)
  const opened = await openStore(config)
  if (opened === null) {
    const stored = new StoredModels(registry, null)
    const nothing = async (): Promise<void> => {}
    return {
      models: given.with(stored),
      registry,
      store: null,
      forget: () => stored.forget(),
      close: nothing,
    }
  }
  const { store, cache } = opened
  try {
    await ownStore(database, store)
    const published = config.store === '' ? [] : given.bundles
    for (const bundle of published) await publishShared({ registry, store }, bundle)
    const digests = published.map(({ manifest }) => manifest.digest)
    const stored = new StoredModels(registry, cache, digests)
    const collect = async (): Promise<void> => {
      const removed = await collectBlobs(database, store.blobs, collectEvery)
      if (removed > 0) log.info({ removed }, 'blobs of deleted models removed')
    }
    const failed = (thrown: unknown): void => {
      const error = toZkserveError(thrown)
      log.warn({ code: error.code, err: error.cause ?? error }, error.message)
    }
    // Not all processes at once.
    const period = collectEvery * (0.75 + Math.random() / 2)
    const timer = setInterval(() => void collect().catch(failed), period)
    timer.unref()
    const close = async (): Promise<void> => {
      clearInterval(timer)
      await opened.close()
    }
    return { models: given.with(stored), registry, store, forget: () => stored.forget(), close }
  } catch (error) {
    await opened.close()
    throw error
  }
}

/** A store is one database's: another's blobs would be removed as nobody's. @throws ZkserveError `USAGE` */
async function ownStore({ tables }: Database, { blobs }: BundleStore): Promise<void> {
  const { id } = await guarded(() => tables.selectFrom('store_owner').select('id').executeTakeFirstOrThrow())
  if (!(await blobs.has(ownerBlob))) await blobs.put(ownerBlob, Buffer.from(id))
  const owner = Buffer.from(await blobs.read(ownerBlob, { limit: 1000 })).toString()
  if (owner === id) return
  throw new ZkserveError('USAGE', `the store of bundles ${blobs.place} belongs to another database`, {
    hints: [`Choose another --store; if that database is gone for good, remove ${ownerBlob} from this one.`],
  })
}
