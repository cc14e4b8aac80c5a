/** Bundles on their way through the store: published, fetched, checked, kept, and never removed while in use. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { distFile } from '#circuits/paths.js'
import { sha256 } from '#prover/bundle/files.js'
import { loadBundle } from '#prover/bundle/load.js'
import { type Manifest, manifestName } from '#prover/bundle/manifest.js'
import { BundleCache } from '#service/store/bundle-cache.js'
import { BundleStore } from '#service/store/bundle-store.js'
import { DirectoryBlobs } from '#service/store/directory-blobs.js'
import { readS3Address } from '#service/store/open-store.js'
import { S3Blobs } from '#service/store/s3-blobs.js'
import { S3Server, s3Credentials } from '../../support/s3-server.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { changedBundle, manifestIn } from '../support/bundle-versions.js'
import { pairBundle } from '../support/bundles.js'

let pair: string
let s3: S3Server
let store: BundleStore
let folder: string

beforeAll(async () => {
  pair = await pairBundle()
  s3 = await S3Server.start()
})
afterAll(() => s3?.end())
beforeEach(async () => {
  for (const [name, value] of Object.entries(s3Credentials)) vi.stubEnv(name, value)
  s3.objects.clear()
  s3.fault = () => null
  store = new BundleStore(await S3Blobs.open(readS3Address(s3.store('b')), 500))
  folder = temporaryFolder()
})
afterEach(async () => {
  await store.close()
  vi.unstubAllEnvs()
})

const much = 1 << 30
const openCache = (limit = much, name = 'cache') =>
  BundleCache.open({ store, directory: join(folder, name), limit })
const inCache = () => readdirSync(join(folder, 'cache')).filter((name) => name.length === 64)
const drafts = () => readdirSync(join(folder, 'cache', 'drafts'))
const pass = async (directory: string) => directory
const version = (name: string): Promise<Manifest> => published(name, () => ({ name }))
async function published(name: string, change: (manifest: Manifest) => object): Promise<Manifest> {
  const manifest = changedBundle(pair, join(folder, name), change)
  await store.publish(join(folder, name))
  return manifest
}
const sizeOf = ({ files }: Manifest) => Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0)
const requested = (method: string) => s3.requests.filter((request) => request.method === method)

describe('a store', () => {
  test('gives a bundle back as it was', async () => {
    const digest = await store.publish(pair)
    expect(digest).toBe(manifestIn(pair).digest)
    const cache = await openCache()
    const bundle = await cache.use(digest, 'proving', (directory) => loadBundle(directory))
    expect(bundle.manifest).toEqual(manifestIn(pair))
    expect(drafts()).toEqual([])
  })

  test('keeps files that versions share once', async () => {
    await store.publish(pair)
    const before = s3.objects.size
    s3.requests.length = 0
    await version('second')
    expect(s3.objects.size).toBe(before + 1)
    expect(requested('PUT').map(({ key }) => key)).toEqual([
      `b/manifests/${manifestIn(join(folder, 'second')).digest}`,
    ])
  })

  test('shows nothing of a bundle whose publication was cut off, and takes the rest later', async () => {
    let left = 4
    const put = store.blobs.put.bind(store.blobs)
    const cut = vi.spyOn(store.blobs, 'put').mockImplementation(async (name, source) => {
      if (left-- <= 0) throw new Error('cut off')
      return put(name, source)
    })
    await expect(store.publish(pair)).rejects.toThrow('cut off')
    cut.mockRestore()
    const { digest } = manifestIn(pair)
    const cache = await openCache()
    await expect(cache.use(digest, 'proving', pass)).rejects.toMatchObject({ code: 'BUNDLE_CORRUPT' })
    s3.requests.length = 0
    await store.publish(pair)
    expect(requested('PUT')).toHaveLength(Object.keys(manifestIn(pair).files).length + 1 - 4)
    expect(await cache.use(digest, 'proving', async () => 'there')).toBe('there')
  })

  test('that does not answer for a while is waited for', async () => {
    let refusals = 1
    s3.fault = ({ method }) => (method === 'PUT' && refusals-- > 0 ? 'refuse' : null)
    expect(await store.publish(pair)).toBe(manifestIn(pair).digest)
  })

  test('takes no bundle whose files are others', async () => {
    const target = join(folder, 'changed')
    changedBundle(pair, target, () => ({}))
    writeFileSync(join(target, 'proving.zkey'), 'other')
    await expect(store.publish(target)).rejects.toMatchObject({ code: 'BUNDLE_CORRUPT' })
    expect([...s3.objects.keys()].filter((key) => key.includes('manifests'))).toEqual([])
  })
})

describe('a cache', () => {
  test('fetches what answers take, and the large part for proofs alone', async () => {
    const digest = await store.publish(pair)
    const cache = await openCache()
    await cache.use(digest, 'answering', async (directory) => {
      expect(existsSync(join(directory, 'proving.zkey'))).toBe(false)
      expect((await loadBundle(directory, { late: true })).model.name).toBe('pair')
    })
    s3.requests.length = 0
    await cache.use(digest, 'proving', async (directory) => {
      expect(existsSync(join(directory, 'proving.zkey'))).toBe(true)
    })
    expect(requested('GET')).toHaveLength(4)
    s3.requests.length = 0
    await cache.use(digest, 'proving', pass)
    expect(s3.requests).toEqual([])
  })

  test('that two processes fill at once has each file once, whole', async () => {
    const digest = await store.publish(pair)
    const caches = await Promise.all([openCache(), openCache()])
    const uses = [...caches, ...caches].map((cache) =>
      cache.use(digest, 'proving', (directory) => loadBundle(directory)),
    )
    for (const bundle of await Promise.all(uses)) expect(bundle.manifest.digest).toBe(digest)
    expect(drafts()).toEqual([])
    expect(readdirSync(join(folder, 'cache', 'in-use'))).toEqual([])
  })

  test('removes what was not used longest', async () => {
    const one = await version('one')
    const cache = await openCache(sizeOf(one) * 2.5)
    const digests = [one.digest]
    for (const name of ['two', 'three']) digests.push((await version(name)).digest)
    const [first, second, third] = digests as [string, string, string]
    await cache.use(first, 'proving', pass)
    await cache.use(second, 'proving', pass)
    await cache.use(first, 'proving', pass)
    await cache.use(third, 'proving', pass)
    expect(inCache().sort()).toEqual([first, third].sort())
  })

  test('removes nothing that is in use, here or by another process', async () => {
    const one = await version('one')
    const two = await version('two')
    const limit = sizeOf(one) * 1.5
    const [cache, other] = await Promise.all([openCache(limit), openCache(limit)])
    await cache.use(one.digest, 'proving', async (directory) => {
      await other.use(two.digest, 'proving', async () => {
        expect(inCache()).toHaveLength(2)
        await other.discard(one.digest)
        expect(readdirSync(directory)).toHaveLength(Object.keys(one.files).length + 1)
      })
    })
    await cache.use(one.digest, 'proving', pass)
    expect(inCache()).toEqual([one.digest])
  })

  test('counts what provers write beside keys', async () => {
    const one = await version('one')
    const two = await version('two')
    const cache = await openCache(sizeOf(one) * 2.5)
    await cache.use(one.digest, 'proving', async (directory) => {
      writeFileSync(join(directory, 'proving.prepared-x'), Buffer.alloc(sizeOf(one)))
    })
    await cache.use(two.digest, 'proving', pass)
    expect(inCache()).toEqual([two.digest])
  })

  test('takes marks and drafts of processes that were killed for nothing', async () => {
    const one = await version('one')
    const two = await version('two')
    const cache = await openCache(sizeOf(one) * 1.5)
    await cache.use(one.digest, 'proving', pass)
    writeFileSync(join(folder, 'cache', 'in-use', `${one.digest}.abc`), '4194305 1')
    writeFileSync(join(folder, 'cache', 'drafts', '4194305-abc'), 'half')
    await cache.use(two.digest, 'proving', pass)
    expect(inCache()).toEqual([two.digest])
    await openCache()
    expect(drafts()).toEqual([])
  })

  test('fetches again what is gone or was cut', async () => {
    const digest = await store.publish(pair)
    const cache = await openCache()
    const directory = await cache.use(digest, 'proving', pass)
    rmSync(join(directory, manifestName))
    rmSync(join(directory, 'model.q.json'))
    writeFileSync(join(directory, 'proving.zkey'), 'half')
    await cache.use(digest, 'proving', (directory) => loadBundle(directory))
  })

  test('is refused where it cannot be', async () => {
    writeFileSync(join(folder, 'file'), '')
    await expect(openCache(much, 'file/cache')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  })
})

describe('a store that is damaged', () => {
  test.each(['files', 'manifests'])('in its %s is found out, and nothing of it is kept', async (part) => {
    const digest = await store.publish(pair)
    const cache = await openCache()
    s3.fault = ({ method, key }) => (method === 'GET' && key.includes(part) ? 'corrupt' : null)
    await expect(cache.use(digest, 'proving', pass)).rejects.toMatchObject({ code: 'BUNDLE_CORRUPT' })
    expect(readdirSync(join(folder, 'cache', digest)).filter((name) => name !== manifestName)).toEqual([])
    s3.fault = () => null
    await cache.use(digest, 'proving', (directory) => loadBundle(directory))
  })

  test('by one that stalls is given up, and nothing half is kept', async () => {
    const digest = await store.publish(pair)
    const cache = await openCache()
    s3.fault = ({ method, key }) => (method === 'GET' && key.includes('files') ? 'stall' : null)
    await expect(cache.use(digest, 'proving', pass)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(drafts()).toEqual([])
    s3.fault = () => null
    await cache.use(digest, 'proving', (directory) => loadBundle(directory))
  })

  test('by the manifest of another bundle is found out', async () => {
    const one = await version('one')
    const two = await version('two')
    s3.objects.set(`b/manifests/${one.digest}`, s3.objects.get(`b/manifests/${two.digest}`)!)
    const cache = await openCache()
    await expect(cache.use(one.digest, 'answering', pass)).rejects.toMatchObject({ code: 'BUNDLE_CORRUPT' })
  })

  const entry = (manifest: Manifest, change: object) => ({
    files: { ...manifest.files, 'proving.zkey': { ...manifest.files['proving.zkey'], ...change } },
  })
  test.each([
    ['paths for hashes', (manifest: Manifest) => entry(manifest, { sha256: '../../../../etc/passwd' })],
    ['no size', (manifest: Manifest) => entry(manifest, { bytes: -1 })],
    ['a size too small', (manifest: Manifest) => entry(manifest, { bytes: 5 })],
  ])('by a manifest with %s is found out', async (_name, change) => {
    await store.publish(pair)
    const manifest = changedBundle(pair, join(folder, 'evil'), change)
    await store.blobs.put(`manifests/${manifest.digest}`, { path: join(folder, 'evil', manifestName) })
    const cache = await openCache()
    await expect(cache.use(manifest.digest, 'proving', pass)).rejects.toMatchObject({
      code: 'BUNDLE_CORRUPT',
    })
  })

  test('by huge sizes is refused before anything is fetched', async () => {
    await store.publish(pair)
    const manifest = changedBundle(pair, join(folder, 'evil'), (manifest) =>
      entry(manifest, { bytes: 2 ** 52 }),
    )
    await store.blobs.put(`manifests/${manifest.digest}`, { path: join(folder, 'evil', manifestName) })
    const cache = await openCache()
    await cache.use(manifestIn(pair).digest, 'proving', pass)
    await expect(cache.use(manifest.digest, 'proving', pass)).rejects.toMatchObject({
      code: 'MODEL_TOO_LARGE',
      hints: ['Raise --cache-size.'],
    })
    expect(inCache()).toContain(manifestIn(pair).digest)
  })

  test('by names of files that bundles do not have brings none of them', async () => {
    const manifest = changedBundle(pair, join(folder, 'evil'), ({ files }) => ({
      files: { ...files, '../../escaped': files['report.json'] },
    }))
    await store.publish(join(folder, 'evil'))
    const cache = await openCache()
    await cache.use(manifest.digest, 'proving', pass)
    expect(existsSync(join(folder, 'escaped'))).toBe(false)
    expect(readdirSync(join(folder, 'cache', manifest.digest))).toHaveLength(
      Object.keys(manifest.files).length,
    )
  })

  test.each(['../../..', 'x', 'A'.repeat(64)])('has no bundle of the digest %s', async (digest) => {
    const cache = await openCache()
    await expect(cache.use(digest, 'proving', pass)).rejects.toMatchObject({ code: 'BUNDLE_CORRUPT' })
  })
})

test('a directory serves as a store too', async () => {
  const blobs = new DirectoryBlobs(join(folder, 'store'))
  const digest = await new BundleStore(blobs).publish(pair)
  const cache = await BundleCache.open({
    store: new BundleStore(blobs),
    directory: join(folder, 'c'),
    limit: much,
  })
  const bundle = await cache.use(digest, 'proving', (directory) => loadBundle(directory))
  expect(bundle.manifest.digest).toBe(digest)
})

test('a process that is killed while it publishes leaves nothing half', async () => {
  const directory = join(folder, 'store')
  const { digest } = manifestIn(pair)
  const program = `
    const { DirectoryBlobs } = await import(${JSON.stringify(distFile('service/store/directory-blobs.js'))})
    const { BundleStore } = await import(${JSON.stringify(distFile('service/store/bundle-store.js'))})
    process.stdout.write('begun')
    await new BundleStore(new DirectoryBlobs(${JSON.stringify(directory)})).publish(${JSON.stringify(pair)})`
  for (let delay = 0; delay < 32; delay = delay === 0 ? 1 : delay * 2) {
    rmSync(directory, { recursive: true, force: true })
    const child = spawn(process.execPath, ['--input-type=module', '-e', program])
    const closed = once(child, 'close')
    const [said] = await Promise.race([once(child.stdout, 'data'), closed])
    expect(String(said)).toBe('begun')
    await sleep(delay)
    child.kill('SIGKILL')
    await closed
    const blobs = new DirectoryBlobs(directory)
    for await (const { name } of blobs.list('files')) {
      const content = await blobs.read(name, { limit: much })
      expect(`files/${sha256(content)}`).toBe(name)
    }
    const store = new BundleStore(blobs)
    expect(await store.publish(pair)).toBe(digest)
  }
})
