/** One suite for the registry of models and for the collection of blobs, over every database. */
import { createHash } from 'node:crypto'
import { utimesSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Manifest } from '#prover/bundle/manifest.js'
import { collectBlobs } from '#service/models/collect-blobs.js'
import { ModelRegistry } from '#service/models/model-registry.js'
import { DirectoryBlobs } from '#service/store/directory-blobs.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import {
  type Backing,
  jobsOver,
  presentBackings,
  type TestJobs,
  testJob,
  testWorker,
} from '../support/test-jobs.js'

const hash = (text: string) => createHash('sha256').update(text).digest('hex')

/** As much of a manifest as the registry looks at. */
function manifestOf(name: string, files: readonly string[] = [name]): Manifest {
  const entries = files.map((file) => [file, { sha256: hash(file), bytes: 1 }])
  return {
    name,
    vkHash: `0x${hash(`key of ${name}`)}`,
    modelHash: `0x${hash(`model of ${name}`)}`,
    digest: hash(`digest of ${name}`),
    files: Object.fromEntries(entries),
  } as unknown as Manifest
}

const builder = { ...testWorker, kinds: ['build'] as const }

describe.each(presentBackings)('models %s', (_name, back) => {
  let backing: Backing
  let jobs: TestJobs
  let registry: ModelRegistry
  beforeAll(async () => {
    backing = await back()
    jobs = await jobsOver(await backing.open())
    registry = new ModelRegistry(jobs.database)
    for (const id of ['alice', 'bob'])
      await jobs.database.tables.insertInto('tenants').values({ id }).execute()
  })
  afterAll(async () => {
    await jobs?.close()
    backing?.end()
  })
  beforeEach(async () => {
    await jobs.database.tables.deleteFrom('models').execute()
    await jobs.database.tables.deleteFrom('jobs').execute()
  })

  const create = (name: string, tenant = 'alice', limit = 100) =>
    registry.create({ tenant, name, options: { bits: 8 }, limit })
  /** A model whose job is claimed. */
  async function begun(name: string, tenant = 'alice') {
    const { id } = await create(name, tenant)
    const given = testJob(name, { tenant, kind: 'build', model: '' })
    const creation = await jobs.queue.create(given, { room: 100, openJobs: null })
    if (creation.kind !== 'created') throw new Error(creation.kind)
    await registry.assign(id, creation.job.id)
    const claim = await jobs.claims.claim(builder)
    return { id, claim: { job: claim!.id, attempt: claim!.attempt } }
  }
  async function built(name: string, tenant = 'alice', manifest = manifestOf(name)) {
    const { id, claim } = await begun(name, tenant)
    expect(await registry.pin(id, manifest, claim)).toBe(true)
    expect(await registry.ready(id, { accuracy: 1 }, claim)).toBe(true)
    await jobs.claims.finish(claim.job, claim.attempt, { state: 'succeeded', result: 1 })
    return id
  }
  async function shared(name: string) {
    const { id } = await registry.share(manifestOf(name))
    await registry.shared(id, manifestOf(name), {})
    return id
  }
  const found = async (id: string, tenant = 'alice') => (await registry.find(tenant, id))?.id ?? null

  test('go from building to ready, and are found by id, name, version and hashes', async () => {
    const { id, claim } = await begun('one')
    expect(await registry.get('alice', id)).toMatchObject({
      state: 'building',
      version: 1,
      manifest: null,
      job: claim.job,
    })
    expect(await registry.find('alice', 'one')).toMatchObject({ id, state: 'building' })
    const manifest = manifestOf('one')
    await registry.pin(id, manifest, claim)
    await registry.ready(id, { accuracy: 1 }, claim)
    expect(await registry.get('alice', id)).toMatchObject({ state: 'ready', manifest, options: { bits: 8 } })
    for (const name of [id, 'one', 'one:1', manifest.vkHash, manifest.modelHash, manifest.vkHash.slice(2)]) {
      expect(await found(name)).toBe(id)
    }
    expect(await registry.report(id)).toEqual({ accuracy: 1 })
    for (const name of ['one:2', 'one:01x', 'two', '']) expect(await found(name)).toBeNull()
  })

  test('of one name are versions, the newest first that is ready', async () => {
    const first = await built('one')
    const second = await built('one', 'alice', manifestOf('one, second'))
    const { id: third } = await begun('one')
    expect(await found('one')).toBe(second)
    expect([await found('one:1'), await found('one:2'), await found('one:3')]).toEqual([first, second, third])
    expect((await registry.newest('alice', 10)).map(({ id }) => id)).toEqual([second])
    expect((await create('one', 'bob')).version).toBe(1)
  })

  test('created at once get versions of their own', async () => {
    const models = await Promise.all(Array.from({ length: 8 }, () => create('one')))
    expect(models.map(({ version }) => version).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })

  test('are as many as a tenant may have, deleted and failed ones aside', async () => {
    const first = await create('one', 'alice', 2)
    await create('two', 'alice', 2)
    await expect(create('three', 'alice', 2)).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' })
    await create('three', 'bob', 2)
    expect(await registry.remove('alice', first.id)).toBe(true)
    await create('three', 'alice', 2)
  })

  test('of other tenants do not exist', async () => {
    const id = await built('one')
    const { vkHash, modelHash } = manifestOf('one')
    for (const name of [id, 'one', 'one:1', vkHash, modelHash]) expect(await found(name, 'bob')).toBeNull()
    expect(await registry.get('bob', id)).toBeNull()
    expect(await registry.remove('bob', id)).toBe(false)
    expect((await registry.list('bob', { limit: 10 })).models).toEqual([])
    expect(await registry.newest('bob', 10)).toEqual([])
    expect(await found('one')).toBe(id)
  })

  test("that are the operator's are everybody's, after the tenant's own", async () => {
    const common = await shared('one')
    expect([await found('one'), await found('one', 'bob')]).toEqual([common, common])
    await begun('one')
    expect(await found('one')).toBe(common)
    const own = await built('one', 'alice', manifestOf('own'))
    expect([await found('one'), await found('one', 'bob')]).toEqual([own, common])
    expect(await registry.remove('alice', common)).toBe(false)
    expect(await registry.share(manifestOf('one'))).toEqual({ id: common, published: true })
  })

  test("that are the operator's and have a key in common follow each other", async () => {
    await shared('one')
    const { vkHash } = manifestOf('one')
    const again = { ...manifestOf('one, again'), name: 'one', vkHash }
    const { id } = await registry.share(again)
    await registry.shared(id, again, {})
    expect([await found('one'), await found(vkHash)]).toEqual([id, id])
    expect((await registry.byKey(vkHash))?.manifest?.digest).toBe(again.digest)
  })

  test("that are the operator's and not yet published are nobody's", async () => {
    const [first, second] = await Promise.all([
      registry.share(manifestOf('one')),
      registry.share(manifestOf('one')),
    ])
    expect(first).toEqual({ id: second.id, published: false })
    expect(await found('one')).toBeNull()
    expect((await registry.list('alice', { limit: 10 })).models).toEqual([])
  })

  test('are not written by who lost the claim, nor twice', async () => {
    const { id, claim } = await begun('one')
    const manifest = manifestOf('one')
    for (const wrong of [
      { ...claim, attempt: 2 },
      { ...claim, job: '0'.repeat(32) },
    ]) {
      expect(await registry.pin(id, manifest, wrong)).toBe(false)
      expect(await registry.ready(id, {}, wrong)).toBe(false)
    }
    await registry.pin(id, manifest, claim)
    await registry.ready(id, {}, claim)
    expect(await registry.pin(id, manifestOf('another'), claim)).toBe(false)
    expect(await registry.get('alice', id)).toMatchObject({ state: 'ready', manifest })
  })

  test('that are deleted while they are built do not come back', async () => {
    const { id, claim } = await begun('one')
    await registry.remove('alice', id)
    expect(await registry.pin(id, manifestOf('one'), claim)).toBe(false)
    expect(await registry.ready(id, {}, claim)).toBe(false)
    expect(await found(id)).toBeNull()
    expect((await create('one')).version).toBe(2)
  })

  test('fail with their job, whoever ends it', async () => {
    const error = { code: 'ACCURACY_TOO_LOW', message: 'too low', hints: [], details: {} } as const
    const { id, claim } = await begun('one')
    await jobs.claims.finish(claim.job, claim.attempt, { state: 'failed', error })
    expect(await registry.get('alice', id)).toMatchObject({ state: 'failed', error })
    const second = await begun('two')
    await jobs.queue.cancel('alice', second.claim.job)
    expect(await registry.get('alice', second.id)).toMatchObject({
      state: 'failed',
      error: { code: 'CANCELLED' },
    })
    expect(await registry.ready(second.id, {}, second.claim)).toBe(false)
  })

  test('are listed newest first, page by page', async () => {
    const ids: string[] = []
    for (const name of ['a', 'b', 'c', 'd', 'e']) ids.unshift((await create(name)).id)
    ids.unshift(await shared('f'))
    const pages: string[][] = []
    let cursor: string | null | undefined
    while (cursor !== null) {
      const page = await registry.list('alice', { limit: 2, ...(cursor === undefined ? {} : { cursor }) })
      pages.push(page.models.map(({ id }) => id))
      cursor = page.next
    }
    expect(pages).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)])
    expect((await registry.list('alice', { limit: 9, name: 'b' })).models.map(({ name }) => name)).toEqual([
      'b',
    ])
    expect((await registry.list('alice', { limit: 9, cursor: "'; drop table models" })).models).toEqual([])
  })

  describe('in a store', () => {
    let folder: string
    let blobs: DirectoryBlobs
    beforeEach(() => {
      folder = temporaryFolder()
      blobs = new DirectoryBlobs(folder)
    })
    const hour = 3_600_000
    async function store(manifest: Manifest, age = 2 * hour) {
      const then = new Date(Date.now() - age)
      const names = [
        `manifests/${manifest.digest}`,
        ...Object.values(manifest.files).map(({ sha256 }) => `files/${sha256}`),
      ]
      for (const name of names) {
        const [kind, blob] = name.split('/') as [string, string]
        await blobs.put(name, Buffer.from('x'))
        utimesSync(join(folder, kind, blob.slice(0, 2), blob), then, then)
      }
    }
    async function kept() {
      const names: string[] = []
      for (const kind of ['files', 'manifests'])
        for await (const { name } of blobs.list(kind)) names.push(name)
      return names.length
    }
    const collect = (grace = hour) => collectBlobs(jobs.database, blobs, grace)
    const long = (id: string) =>
      jobs.database.tables
        .updateTable('models')
        .set({ deleted_at: new Date(Date.now() - 2 * hour) })
        .where('id', '=', id)
        .execute()

    test('lose the blobs that no model has, those that versions share last', async () => {
      const one = manifestOf('one', ['shared', 'own'])
      const two = manifestOf('two', ['shared', 'other'])
      await store(one)
      await store(two)
      const ids = [await built('one', 'alice', one), await built('two', 'bob', two)]
      expect(await collect()).toBe(0)
      await registry.remove('alice', ids[0]!)
      expect(await collect()).toBe(0)
      await long(ids[0]!)
      expect([await collect(), await kept()]).toEqual([2, 3])
      await registry.remove('bob', ids[1]!)
      await long(ids[1]!)
      expect([await collect(), await kept()]).toEqual([3, 0])
      expect(await registry.byKey(one.vkHash)).toBeNull()
      expect((await create('one')).version).toBe(2)
    })

    test('keep what a build has written down, what a job needs, and what is young', async () => {
      const { id, claim } = await begun('one')
      const one = manifestOf('one')
      await store(one)
      await registry.pin(id, one, claim)
      expect(await collect()).toBe(0)
      await registry.ready(id, {}, claim)
      await jobs.claims.finish(claim.job, claim.attempt, { state: 'succeeded', result: 1 })
      const given = testJob('proof', { tenant: 'alice', model: one.vkHash, bundle: one.digest })
      const creation = await jobs.queue.create(given, { room: 100, openJobs: null })
      await registry.remove('alice', id)
      await long(id)
      expect(await collect()).toBe(0)
      expect((await registry.byKey(one.vkHash))?.id).toBe(id)
      await jobs.queue.cancel('alice', creation.kind === 'created' ? creation.job.id : '')
      expect(await collect()).toBe(2)
      await store(one, 0)
      expect(await collect()).toBe(0)
    })

    test('give up builds that never began', async () => {
      const { id } = await create('one')
      await collect()
      expect((await registry.get('alice', id))?.state).toBe('building')
      await collect(-1000)
      expect(await registry.get('alice', id)).toMatchObject({ state: 'failed', error: { code: 'CANCELLED' } })
    })

    test('go with the job that is cancelled between the model and its own end', async () => {
      const { id, claim } = await begun('one')
      await registry.pin(id, manifestOf('one'), claim)
      expect(await registry.ready(id, {}, claim)).toBe(true)
      await jobs.queue.cancel('alice', claim.job)
      expect(await registry.get('alice', id)).toBeNull()
    })

    test('lose what a failed build left', async () => {
      const { id, claim } = await begun('one')
      const one = manifestOf('one')
      await store(one)
      await registry.pin(id, one, claim)
      await jobs.queue.cancel('alice', claim.job)
      expect(await collect()).toBe(2)
    })
  })
})
