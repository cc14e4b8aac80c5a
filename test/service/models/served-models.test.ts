/** What an id stands for, and how bundles come from the store. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readManifest } from '#prover/bundle/load.js'
import type { Manifest } from '#prover/bundle/manifest.js'
import { resolveConfig } from '#service/config/resolve.js'
import { type Database, openMemory } from '#service/database/open-database.js'
import { type OpenModels, openModels } from '#service/models/open-models.js'
import { publishShared } from '#service/models/publish-model.js'
import type { ModelState } from '#service/models/registered-model.js'
import { ServedModels } from '#service/models/served-models.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { digitsBundle, pairBundle } from '../support/bundles.js'

const log = { warn: () => {}, info: () => {} }
let database: Database
let pair: ServedModels
let digits: ServedModels
let folder: string

beforeAll(async () => {
  database = await openMemory()
  pair = await ServedModels.load([await pairBundle()])
  digits = await ServedModels.load([await digitsBundle()])
  for (const id of ['alice', 'bob']) await database.tables.insertInto('tenants').values({ id }).execute()
})
afterAll(() => database?.close())
beforeEach(async () => {
  folder = temporaryFolder()
  await database.tables.deleteFrom('models').execute()
})

function open(given: ServedModels, settings: object = {}): Promise<OpenModels> {
  const places = { store: join(folder, 'store'), cacheDir: join(folder, 'cache') }
  return openModels(resolveConfig({ database: 'memory', ...places, ...settings }), given, database, log)
}

/** A model of alice's in the store: the digits. */
async function owned({ store }: OpenModels, name: string, state: ModelState = 'ready'): Promise<string> {
  const dir = await digitsBundle()
  await store!.publish(dir)
  const manifest = (await readManifest(dir)) as Manifest
  const id = Math.random().toString(16).slice(2).padEnd(32, '0')
  const { vkHash, modelHash, digest } = manifest
  const hashes = { vk_hash: vkHash, model_hash: modelHash, digest, manifest: JSON.stringify(manifest) }
  const values = { id, tenant: 'alice', name, version: 1, state, ...(state === 'ready' ? hashes : {}) }
  await database.tables.insertInto('models').values(values).execute()
  return id
}

const nameOf = async (models: ServedModels, id: string | undefined, tenant = 'alice') =>
  (await models.find(tenant, id)).manifest.name

describe('an id', () => {
  test("stands for the tenant's own model before what the process was given", async () => {
    const catalogue = await open(pair)
    const { models } = catalogue
    expect(await nameOf(models, 'pair')).toBe('pair')
    expect(await nameOf(models, undefined)).toBe('pair')
    await owned(catalogue, 'pair')
    catalogue.forget()
    expect([await nameOf(models, 'pair'), await nameOf(models, 'pair', 'bob')]).toEqual(['digits', 'pair'])
    const { vkHash } = pair.bundles[0]!.manifest
    expect(await nameOf(models, vkHash)).toBe('pair')
    await expect(models.find('alice', undefined)).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
    expect(await nameOf(models, undefined, 'bob')).toBe('pair')
    await catalogue.close()
  })

  test('of a model that is being built, or could not be, says so', async () => {
    const catalogue = await open(pair)
    const { models } = catalogue
    await owned(catalogue, 'mine', 'building')
    await expect(models.find('alice', 'mine')).rejects.toMatchObject({
      code: 'MODEL_NOT_READY',
      message: 'the model "mine:1" is being built',
    })
    await owned(catalogue, 'bad', 'failed')
    await expect(models.find('alice', 'bad:1')).rejects.toMatchObject({
      code: 'MODEL_NOT_READY',
      message: 'the model "bad:1" could not be built',
    })
    for (const name of ['mine', 'bad', 'nothing']) {
      await expect(models.find('bob', name)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
    }
    await owned(catalogue, 'pair', 'building')
    expect(await nameOf(models, 'pair')).toBe('pair')
    await catalogue.close()
  })

  test('of a deleted model stands for nothing, and its jobs may end', async () => {
    const catalogue = await open(new ServedModels([]))
    const { models, registry } = catalogue
    const id = await owned(catalogue, 'mine')
    expect(await nameOf(models, undefined)).toBe('digits')
    const { manifest } = await models.find('alice', 'mine')
    expect(models.storedDigest({ manifest })).toBe(manifest.digest)
    await registry.remove('alice', id)
    catalogue.forget()
    for (const name of ['mine', id, manifest.vkHash, undefined]) {
      await expect(models.find('alice', name)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
    }
    expect(await models.use(manifest.vkHash, async ({ manifest: used }) => used.digest)).toBe(manifest.digest)
    await catalogue.close()
  })
})

describe('what the process was given', () => {
  test('is for others too where a store is named', async () => {
    const giving = await open(pair)
    const other = await open(digits)
    expect(await nameOf(other.models, 'pair', 'bob')).toBe('pair')
    expect((await other.models.list('bob')).map(({ manifest }) => manifest.name)).toEqual(['digits', 'pair'])
    const [bundle] = pair.bundles
    expect(giving.models.storedDigest(bundle!)).toBe(bundle!.manifest.digest)
    await giving.close()
    await other.close()
  })

  test('stays its own where none is named', async () => {
    const giving = await open(pair, { store: '' })
    expect(giving.models.storedDigest(pair.bundles[0]!)).toBeNull()
    expect(giving.store).not.toBeNull()
    const other = await open(new ServedModels([]), { store: '' })
    await expect(other.models.find('bob', 'pair')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
    await giving.close()
    await other.close()
  })

  test('is published again where the store lost it', async () => {
    const giving = await open(pair)
    const [bundle] = pair.bundles
    await giving.store!.blobs.remove(`manifests/${bundle!.manifest.digest}`)
    await publishShared({ registry: giving.registry, store: giving.store! }, bundle!)
    const other = await open(new ServedModels([]))
    expect(await nameOf(other.models, 'pair', 'bob')).toBe('pair')
    await giving.close()
    await other.close()
  })
})

describe('a store', () => {
  test('of another database is refused', async () => {
    await (await open(pair)).close()
    writeFileSync(join(folder, 'store', 'owner', 'da', 'database'), 'another')
    await expect(open(pair)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('another database'),
    })
  })

  test('is not there beside a Postgres server where none is named', async () => {
    const catalogue = await open(pair, { store: '', database: 'postgres://x' })
    expect(catalogue.store).toBeNull()
    expect(await nameOf(catalogue.models, 'pair')).toBe('pair')
    const other = await open(digits)
    await owned(other, 'mine')
    await expect(catalogue.models.find('alice', 'mine')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await catalogue.close()
    await other.close()
  })

  test.each(['model.q.json', 'verification_key.json'])(
    'gives %s again where the copy is damaged',
    async (name) => {
      const first = await open(new ServedModels([]))
      await owned(first, 'mine')
      const { dir } = await first.models.find('alice', 'mine')
      const damaged = readFileSync(join(dir, name))
      damaged[20]! ^= 1
      // A new file: the store's own may have the same inode.
      writeFileSync(join(folder, 'damaged'), damaged)
      const { renameSync } = await import('node:fs')
      renameSync(join(folder, 'damaged'), join(dir, name))
      const second = await open(new ServedModels([]))
      expect(await nameOf(second.models, 'mine')).toBe('digits')
      await first.close()
      await second.close()
    },
  )

  test('gives a bundle again, and the work is begun again, where the work finds it damaged', async () => {
    const catalogue = await open(new ServedModels([]))
    await owned(catalogue, 'mine')
    const { vkHash } = digits.bundles[0]!.manifest
    let times = 0
    const { ZkserveError } = await import('#circuits/errors.js')
    const work = async () => {
      times++
      if (times === 1) throw new ZkserveError('BUNDLE_CORRUPT', 'damaged')
      return 'done'
    }
    expect([await catalogue.models.use(vkHash, work), times]).toEqual(['done', 2])
    await catalogue.close()
  })
})
