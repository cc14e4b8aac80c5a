import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'
import type { Config } from '#service/config/schema.js'
import { BundleCache } from '#service/store/bundle-cache.js'
import { BundleStore } from '#service/store/bundle-store.js'
import { DirectoryBlobs } from '#service/store/directory-blobs.js'
import { type S3Address, S3Blobs } from '#service/store/s3-blobs.js'

/** The store of bundles and what this process keeps of it. */
export interface OpenStore {
  readonly store: BundleStore
  readonly cache: BundleCache
  close(): Promise<void>
}

/**
 * The store that the settings name: a directory or an S3 bucket; without one, a directory beside the embedded
 * database, a temporary one for a database in memory, and none beside a Postgres server.
 * @throws ZkserveError `USAGE` for an address that cannot be, `STORE_UNAVAILABLE`
 */
export async function openStore(
  config: Pick<Config, 'store' | 'database' | 'dataDir' | 'cacheDir' | 'cacheSize'>,
): Promise<OpenStore | null> {
  const { database, dataDir } = config
  if (config.store === '' && database.startsWith('postgres')) return null
  const temporary = database === 'memory' ? mkdtempSync(join(tmpdir(), 'zkserve-')) : null
  const base = temporary ?? dataDir
  const place = config.store || join(base, 'bundles')
  const address = place.startsWith('s3://') ? readS3Address(place) : null
  const store = new BundleStore(address === null ? new DirectoryBlobs(place) : await S3Blobs.open(address))
  const close = async (): Promise<void> => {
    await store.close()
    if (temporary !== null) await rm(temporary, { recursive: true, force: true })
  }
  try {
    const cache = await BundleCache.open({
      store,
      directory: config.cacheDir || join(base, 'cache'),
      limit: config.cacheSize,
    })
    return { store, cache, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** `s3://bucket/prefix?endpoint=…&region=…` @throws ZkserveError `USAGE` */
export function readS3Address(text: string): S3Address {
  const [, bucket, path = '', query = ''] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(\/[^?#]*)?(?:\?([^#]*))?$/.exec(text) ?? []
  if (bucket === undefined) throw wrong('expected s3://BUCKET/PREFIX?endpoint=URL&region=REGION')
  const parameters = new URLSearchParams(query)
  for (const name of parameters.keys()) {
    if (name !== 'endpoint' && name !== 'region') throw wrong(`it has no parameter "${name.slice(0, 50)}"`)
  }
  const endpoint = parameters.get('endpoint')
  const region = parameters.get('region')
  if (endpoint !== null) checkEndpoint(endpoint)
  const prefix = path.replace(/^\/+|\/+$/g, '')
  return {
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    ...(endpoint === null ? {} : { endpoint }),
    ...(region === null ? {} : { region }),
  }
}

function checkEndpoint(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol)) throw wrong('its endpoint is no http or https address')
  // They would stand in lists of processes and in logs.
  if (url.username !== '' || url.password !== '') throw wrong('its endpoint holds credentials')
}

function wrong(reason: string): ZkserveError {
  return new ZkserveError('USAGE', `wrong --store: ${reason}`, {
    hints: [
      'Credentials go into the environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile.',
    ],
  })
}
