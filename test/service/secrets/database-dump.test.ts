/** Who gets hold of the database, but not of the keys, learns nothing of what clients sent. */
import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '#service/database/open-database.js'
import { sealedTasks } from '#service/jobs/task-codec.js'
import { Cipher } from '#service/secrets/cipher.js'
import { KeyAdmin } from '#service/tenants/key-admin.js'
import { WebhookGuard } from '#service/webhooks/guard.js'
import { Webhooks } from '#service/webhooks/webhooks.js'
import { dumpOf, tracesOf, tracesOfBytes } from '../support/dump.js'
import {
  type Backing,
  jobsOver,
  presentBackings,
  type TestJobs,
  testJob,
  testWorker,
} from '../support/test-jobs.js'

/** Numbers that come about nowhere else. */
const values = [0.7316442871, -1234.56789012]
const salt = 90_210_478_512_365_478_963_214_587n
const task = {
  inputs: new Map([['x', { shape: [2], data: Float64Array.from(values) }]]),
  floats: Float32Array.from(values),
  list: values,
  salt,
}
const traces = [
  ...values.flatMap(tracesOf),
  salt.toString(),
  salt.toString(16),
  ...tracesOfBytes(Buffer.from(salt.toString(16).padStart(24, '0'), 'hex')),
  ...tracesOfBytes(Buffer.from(salt.toString(16).padStart(24, '0'), 'hex').reverse()),
]

describe.each(presentBackings)('a dump %s', (_name, back) => {
  let backing: Backing
  let database: Database
  let jobs: TestJobs
  const key = randomBytes(32)
  const cipher = new Cipher([key])
  beforeAll(async () => {
    backing = await back()
    database = await backing.open()
    jobs = await jobsOver(database, { tasks: sealedTasks<string>(cipher) })
  })
  afterAll(async () => {
    await jobs?.close()
    backing?.end()
  })
  const found = async (marks: readonly string[]): Promise<string[]> => {
    const dump = (await dumpOf(database)).toLowerCase()
    return marks.filter((mark) => dump.includes(mark.toLowerCase()))
  }

  test('would show the traces that are looked for', async () => {
    const plain = await jobsOver(database)
    const creation = await plain.queue.create(testJob(`${values[0]} ${salt}`, { subject: 'plain' }), {
      room: 9,
      openJobs: null,
    })
    expect((await found(tracesOfBytes(Buffer.from(`${salt}`)))).length).toBeGreaterThan(0)
    if (creation.kind === 'created') await plain.queue.cancel('default', creation.job.id)
  })

  test('has no input, salt, answer or fingerprint of a job that waits, runs or has ended', async () => {
    const answer = { outputs: { y: values }, salt: String(salt) }
    const fingerprint = 'f1'.repeat(32)
    const once = { key: 'request-1', fingerprint, answer, waits: false }
    const marks = [...traces, fingerprint]
    const given = testJob(task as unknown as string, { once })
    const creation = await jobs.queue.create(given, { room: 9, openJobs: null })
    if (creation.kind !== 'created') throw new Error(creation.kind)
    const { id } = creation.job
    expect(await found(marks)).toEqual([])
    const claim = (await jobs.claims.claim(testWorker))!
    expect(claim.task).toEqual(task)
    expect(await found(marks)).toEqual([])
    await jobs.claims.finish(id, claim.attempt, { state: 'succeeded', result: answer as unknown as number })
    expect(await found(marks)).toEqual([])
    expect((await jobs.queue.get('default', id))!.status).toEqual({ state: 'succeeded', result: answer })
    expect(await jobs.queue.recall('default', 'request-1')).toMatchObject({ fingerprint, answer })
    const row = await database.tables
      .selectFrom('jobs')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    expect(row.task).toBeNull()
  })

  test.each(['cancelled', 'failed', 'expired'] as const)('has no task of a job that %s', async (state) => {
    const given = testJob(task as unknown as string, { deadline: state === 'expired' ? 0 : null })
    const creation = await jobs.queue.create(given, { room: 9, openJobs: null })
    if (creation.kind !== 'created') throw new Error(creation.kind)
    const { id } = creation.job
    if (state === 'cancelled') await jobs.queue.cancel('default', id)
    if (state === 'expired') await jobs.claims.sweep()
    if (state === 'failed') {
      const error = { code: 'PROVING_FAILED' as const, message: 'no', hints: [], details: {} }
      await jobs.claims.finish(id, (await jobs.claims.claim(testWorker))!.attempt, { state, error })
    }
    const row = await database.tables
      .selectFrom('jobs')
      .select(['state', 'task', 'result'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    expect(row).toEqual({ state, task: null, result: null })
  })

  test('with a task that was changed makes its job fail, and no other', async () => {
    const ids = await Promise.all(
      ['first', 'second'].map(async (text) => {
        const creation = await jobs.queue.create(testJob(text), { room: 9, openJobs: null })
        if (creation.kind !== 'created') throw new Error(creation.kind)
        return creation.job.id
      }),
    )
    await sql`update jobs set task = set_byte(task, 40, get_byte(task, 40) # 1) where id = ${ids[0]}`.execute(
      database.tables,
    )
    const claim = (await jobs.claims.claim(testWorker))!
    expect(claim).toMatchObject({ id: ids[1], task: 'second' })
    await jobs.claims.release(claim.id, claim.attempt)
    expect((await jobs.queue.get('default', ids[0]!))!.status).toMatchObject({
      state: 'failed',
      error: { code: 'DECRYPTION_FAILED' },
    })
    // A worker without the key takes nothing; one that has it among others does.
    const other = await jobsOver(database, { tasks: sealedTasks<string>(Cipher.ephemeral()) })
    expect(await other.claims.claim(testWorker)).toBeNull()
    const both = new Cipher([randomBytes(32), key])
    const rotated = await jobsOver(database, { tasks: sealedTasks<string>(both) })
    expect(await rotated.claims.claim(testWorker)).toMatchObject({ id: ids[1], task: 'second', attempt: 1 })
    await jobs.queue.cancel('default', ids[1]!)
  })

  test("gives no job's result for another's", async () => {
    const ended = async (result: number) => {
      const creation = await jobs.queue.create(testJob('x'), { room: 9, openJobs: null })
      if (creation.kind !== 'created') throw new Error(creation.kind)
      const { attempt } = (await jobs.claims.claim(testWorker))!
      await jobs.claims.finish(creation.job.id, attempt, { state: 'succeeded', result })
      return creation.job.id
    }
    const [one, two] = [await ended(1), await ended(2)]
    const { result } = await database.tables
      .selectFrom('jobs')
      .select('result')
      .where('id', '=', two)
      .executeTakeFirstOrThrow()
    await database.tables.updateTable('jobs').set({ result }).where('id', '=', one).execute()
    await expect(jobs.queue.get('default', one)).rejects.toMatchObject({ code: 'DECRYPTION_FAILED' })
  })

  test('has neither API keys nor secrets of webhooks', async () => {
    const keys = new KeyAdmin(database)
    const added = await keys.add({ tenant: 'default', label: 'l', scopes: ['infer'], lifetime: null })
    const rotated = await keys.rotate(added.id, 1000)
    const webhooks = new Webhooks(database, cipher, new WebhookGuard([]), 9)
    const { secret, webhook } = await webhooks.create('default', 'https://example.com/', ['job.succeeded'])
    const next = await webhooks.rotate('default', webhook.id)
    const marks = [added.key, rotated.key, secret, next.secret].flatMap((key) => {
      const last = key.split('_').at(-1)!
      const bytes = [Buffer.from(last, 'hex'), Buffer.from(last, 'base64')].filter(({ length }) => length > 8)
      return [key, last, ...bytes.flatMap(tracesOfBytes)]
    })
    expect(await found(marks)).toEqual([])
  })
})
