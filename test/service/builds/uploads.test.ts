import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Uploads } from '#service/builds/uploads.js'
import { type Database, openMemory } from '#service/database/open-database.js'
import { JobChanges } from '#service/jobs/job-changes.js'
import { JobQueue } from '#service/jobs/job-queue.js'
import { sealedTasks } from '#service/jobs/task-codec.js'
import { ModelRegistry } from '#service/models/model-registry.js'
import { Cipher } from '#service/secrets/cipher.js'

let database: Database
let changes: JobChanges
let uploads: Uploads
let registry: ModelRegistry
let queue: JobQueue<object, object, object>
const cipher = Cipher.ephemeral()

beforeAll(async () => {
  database = await openMemory()
  changes = await JobChanges.open(database)
  uploads = new Uploads(database, cipher)
  registry = new ModelRegistry(database)
  queue = new JobQueue(database, changes, { lease: 5000, tasks: sealedTasks<object>(cipher) })
})
afterAll(async () => {
  await changes?.close()
  await database?.close()
})

const text = (content: string) => new TextEncoder().encode(content)
const upload = { model: text('the weights of a secret model'), calibration: text('{"inputs": [[1, 2]]}') }
const pieces = () => database.tables.selectFrom('upload_parts').selectAll().execute()

async function newModel(): Promise<string> {
  const given = { tenant: 'default', name: 'm', options: {}, limit: Number.POSITIVE_INFINITY }
  return (await registry.create(given)).id
}

/** A model whose upload is kept, and the job that builds it. */
async function accepted(): Promise<{ id: string; job: string }> {
  const id = await newModel()
  await uploads.keep(id, upload)
  const creation = await queue.create(
    {
      ...{ tenant: 'default', kind: 'build', model: '', bundle: null, cost: 1, memory: 0, deadline: null },
      ...{ subject: {}, task: {} },
    },
    { room: 100, openJobs: null },
  )
  if (creation.kind !== 'created') throw new Error(creation.kind)
  await registry.assign(id, creation.job.id)
  return { id, job: creation.job.id }
}

describe('uploads', () => {
  test('are kept sealed, in pieces, and come back whole', async () => {
    const { id, job } = await accepted()
    expect(await uploads.read(id)).toEqual({
      model: Buffer.from(upload.model),
      calibration: Buffer.from(upload.calibration),
    })
    for (const { bytes } of await pieces()) {
      expect(Buffer.from(bytes).includes('secret')).toBe(false)
      expect(Buffer.from(bytes).includes('inputs')).toBe(false)
    }
    await queue.cancel('default', job)

    const large = { ...upload, model: Uint8Array.from({ length: 2.5 * 2 ** 20 }, (_, i) => i % 251) }
    const other = await newModel()
    await uploads.keep(other, large)
    expect(await pieces()).toHaveLength(4)
    expect(Buffer.compare((await uploads.read(other)).model, large.model)).toBe(0)
    await uploads.forget(other)
    await expect(uploads.read(other)).rejects.toMatchObject({ code: 'CANCELLED' })
  })

  test('of one model are not those of another', async () => {
    const { id, job } = await accepted()
    const other = await newModel()
    await database.tables.updateTable('upload_parts').set({ model: other }).where('model', '=', id).execute()
    await expect(uploads.read(other)).rejects.toMatchObject({ code: 'DECRYPTION_FAILED' })
    await uploads.forget(other)
    await queue.cancel('default', job)
  })

  test.each(['succeeded', 'failed', 'cancelled', 'expired'] as const)(
    'are erased with a build that is %s',
    async (state) => {
      const { id, job } = await accepted()
      expect(await pieces()).toHaveLength(2)
      await database.tables
        .updateTable('jobs')
        .set({ state: 'running', worker: 'w' })
        .where('id', '=', job)
        .execute()
      expect(await pieces()).toHaveLength(2)
      await database.tables.updateTable('jobs').set({ state }).where('id', '=', job).execute()
      expect(await pieces()).toEqual([])
      const model = await registry.get('default', id)
      expect(model?.state).toBe(state === 'succeeded' ? 'building' : 'failed')
    },
  )

  test('that were given up are erased after an hour, and their models with them', async () => {
    const [mine, orphan] = [await accepted(), await newModel()]
    await uploads.keep(orphan, upload)
    const hour = sql<Date>`created_at - interval '61 minutes'`
    await database.tables.updateTable('upload_parts').set({ created_at: hour }).execute()
    await database.tables.updateTable('models').set({ created_at: hour }).execute()
    await uploads.sweep()
    expect((await pieces()).map(({ model }) => model)).toEqual([mine.id, mine.id])
    expect(await registry.get('default', orphan)).toBeNull()
    expect(await registry.get('default', mine.id)).not.toBeNull()
    await queue.cancel('default', mine.job)
  })
})
