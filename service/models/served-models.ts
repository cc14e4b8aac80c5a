import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'
import { type Bundle, loadBundle } from '#prover/bundle/load.js'
import { manifestName } from '#prover/bundle/manifest.js'

/** The bundles that a service offers. */
export class ServedModels {
  readonly bundles: readonly Bundle[]

  constructor(bundles: readonly Bundle[]) {
    this.bundles = bundles
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

  /** Names of the bundles. */
  get names(): string[] {
    return this.bundles.map(({ manifest }) => manifest.name)
  }

  /** What a tenant may use. */
  async list(_tenant: string): Promise<readonly Bundle[]> {
    return this.bundles
  }

  /** The bundle with this hash of its verifying key, whoever asks. @throws ZkserveError `MODEL_NOT_FOUND` */
  async byKey(vkHash: string): Promise<Bundle> {
    return this.findOwn(vkHash)
  }

  /** As {@link findOwn}, among what a tenant may use. @throws ZkserveError `MODEL_NOT_FOUND`, `INVALID_REQUEST` */
  async find(_tenant: string, id: string | undefined): Promise<Bundle> {
    return this.findOwn(id)
  }

  /**
   * The bundle of an id: model hash, verifying-key hash, name, or name of its directory. Without an id, the only one.
   * @throws ZkserveError `MODEL_NOT_FOUND`, `INVALID_REQUEST` where the id fits several
   */
  findOwn(id: string | undefined): Bundle {
    const fitting = id === undefined ? this.bundles : this.bundles.filter((bundle) => idsOf(bundle).has(id))
    const [bundle, ...others] = fitting
    if (bundle === undefined) {
      throw new ZkserveError('MODEL_NOT_FOUND', `no model "${id ?? ''}" is served`)
    }
    if (others.length === 0) return bundle
    const message = id === undefined ? 'several models are served' : `several models are called "${id}"`
    throw new ZkserveError('INVALID_REQUEST', message, {
      hints: ['Name the model by its `modelHash`, or by its `vkHash`.'],
      details: { vkHashes: fitting.map(({ manifest }) => manifest.vkHash) },
    })
  }
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
