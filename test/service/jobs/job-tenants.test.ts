/** What a tenant has of the queue: jobs of its own, listed, and so many open at once. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { ZkserveError } from '#circuits/errors.js'
import type { Cursor } from '#service/database/cursor.js'
import { Jobs } from '#service/jobs/jobs.js'
import type { JobListOptions } from '#service/jobs/list-jobs.js'
import { jobsInMemory, type TestJobs, testJob, testWorker } from '../support/test-jobs.js'

let opened: TestJobs
beforeAll(async () => {
  opened = await jobsInMemory()
  for (const id of ['a', 'b']) await opened.database.tables.insertInto('tenants').values({ id }).execute()
})
afterAll(() => opened.close())
afterEach(async () => {
  await opened.database.tables.deleteFrom('jobs').execute()
  await opened.database.tables.updateTable('tenants').set({ limits: '{}' }).execute()
})

const admission = { room: 1000, openJobs: null }
const create = async (tenant: string, task: string, more = {}) => {
  const creation = await opened.queue.create(testJob(task, { tenant, ...more }), admission)
  if (creation.kind !== 'created') throw new Error(creation.kind)
  return creation.job
}

/** All pages of a tenant's jobs, by what they are about. */
const pages = async (tenant: string, options: JobListOptions) => {
  const found: string[][] = []
  let before: Cursor | null | undefined = options.before
  do {
    const page = await opened.queue.list(tenant, { ...options, ...(before ? { before } : {}) })
    found.push(page.jobs.map(({ subject }) => subject.slice('about '.length)))
    before = page.next
  } while (before !== null)
  return found
}

test('a job is found, cancelled and recalled by its tenant alone', async () => {
  const { queue } = opened
  const once = { key: 'K', fingerprint: 'f', answer: 1, waits: false }
  const { id } = await create('a', 'x', { once })
  expect(await queue.get('b', id)).toBeNull()
  expect(await queue.cancel('b', id)).toBeNull()
  expect(await queue.recall('b', 'K')).toBeNull()
  expect((await queue.get('a', id))!.status).toEqual({ state: 'queued' })
  const other = await create('b', 'y', { once })
  expect((await queue.recall('b', 'K'))!.job.id).toBe(other.id)
  expect((await queue.recall('a', 'K'))!.job.id).toBe(id)
})

test('lists are newest first, in pages that neither skip nor repeat', async () => {
  for (const task of ['1', '2', '3', '4', '5']) await create('a', task)
  await create('b', 'other')
  expect(await pages('a', { limit: 2 })).toEqual([['5', '4'], ['3', '2'], ['1']])
  expect(await pages('a', { limit: 5 })).toEqual([['5', '4', '3', '2', '1']])
  expect(await pages('a', { limit: 1 })).toEqual([['5'], ['4'], ['3'], ['2'], ['1']])
  expect(await pages('b', { limit: 9 })).toEqual([['other']])
  expect(await pages('default', { limit: 9 })).toEqual([[]])
})

test('a place in a list holds while jobs come and go, its own too', async () => {
  for (const task of ['1', '2', '3', '4']) await create('a', task)
  const first = await opened.queue.list('a', { limit: 2 })
  await create('a', '5')
  await opened.database.tables.deleteFrom('jobs').where('id', '=', first.next!.id).execute()
  expect(await pages('a', { limit: 2, before: first.next! })).toEqual([['2', '1']])
})

test('jobs of one instant are in the order of their ids', async () => {
  const jobs = [await create('a', '1'), await create('a', '2'), await create('a', '3')]
  const created_at = new Date()
  await opened.database.tables.updateTable('jobs').set({ created_at }).execute()
  const byId = [...jobs].sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ subject }) => [subject.at(-1)])
  expect(await pages('a', { limit: 1 })).toEqual(byId)
})

test('a list has the jobs of one state alone where it is given', async () => {
  const { id } = await create('a', '1')
  await create('a', '2')
  await opened.queue.cancel('a', id)
  expect(await pages('a', { limit: 5, state: 'cancelled' })).toEqual([['1']])
  expect(await pages('a', { limit: 5, state: 'queued' })).toEqual([['2']])
})

test('a tenant has as many open jobs as its limit allows, other tenants notwithstanding', async () => {
  const { queue, claims, database } = opened
  const give = (tenant: string, openJobs: number | null = null) =>
    queue.create(testJob('x', { tenant }), { room: 1000, openJobs })
  await database.tables
    .updateTable('tenants')
    .set({ limits: JSON.stringify({ openJobs: 2 }) })
    .where('id', '=', 'a')
    .execute()
  const made = await Promise.all(Array.from({ length: 10 }, () => give('a', 100)))
  expect(made.filter(({ kind }) => kind === 'created')).toHaveLength(2)
  expect(made.filter(({ kind }) => kind === 'limited')).toHaveLength(8)
  expect(await give('a')).toEqual({ kind: 'limited', limit: 2 })
  expect(await give('b', 1)).toMatchObject({ kind: 'created' })
  expect(await give('b', 1)).toEqual({ kind: 'limited', limit: 1 })
  expect(await give('b')).toMatchObject({ kind: 'created' })
  // One in work is open too, one that ended is not.
  const claim = (await claims.claim(testWorker))!
  expect(await give(claim.tenant, 1)).toMatchObject({ kind: 'limited' })
  for (const { id } of (await queue.list('a', { limit: 9 })).jobs) await queue.cancel('a', id)
  expect(await give('a')).toMatchObject({ kind: 'created' })
})

test('refusals tell who is refused, why, and when to come again', async () => {
  const jobs = new Jobs(opened.queue, { room: 2, openJobs: 1 })
  await expect(jobs.submit(testJob('1', { tenant: 'nobody' }))).rejects.toMatchObject({
    code: 'TENANT_NOT_FOUND',
  })
  await jobs.submit(testJob('1', { tenant: 'a' }))
  await expect(jobs.submit(testJob('2', { tenant: 'a' }))).rejects.toMatchObject({
    code: 'QUOTA_EXCEEDED',
    message: 'the limit of open jobs is reached: 1',
    details: { retryAfter: 5, limit: 1 },
  })
  await jobs.submit(testJob('1', { tenant: 'b' }))
  await expect(jobs.submit(testJob('1'))).rejects.toMatchObject({
    code: 'QUEUE_FULL',
    details: { retryAfter: 10 },
  })
  jobs.close()
})

test('a full queue refuses without the database for a moment, unless a job ends', async () => {
  const jobs = new Jobs(opened.queue, { room: 1, openJobs: null })
  const { job } = await jobs.submit(testJob('1'))
  await expect(jobs.submit(testJob('2'))).rejects.toMatchObject({ code: 'QUEUE_FULL' })
  const create = vi.spyOn(opened.queue, 'create')
  await expect(jobs.submit(testJob('2'))).rejects.toMatchObject({ code: 'QUEUE_FULL' })
  expect(create).not.toHaveBeenCalled()
  create.mockRestore()
  await opened.queue.cancel('default', job.id)
  await vi.waitFor(() => jobs.submit(testJob('3')), { interval: 1 })
  jobs.close()
})

test('the time to come again follows the last proofs', async () => {
  const { queue, claims, database } = opened
  expect(await queue.pace()).toBeNull()
  for (const seconds of [2, 6]) {
    const { id } = await create('a', `${seconds}`)
    const { attempt } = (await claims.claim(testWorker))!
    await claims.finish(id, attempt, { state: 'succeeded', result: 1 })
    const finished_at = new Date()
    const started_at = new Date(finished_at.getTime() - 1000 * seconds)
    await database.tables.updateTable('jobs').set({ started_at, finished_at }).where('id', '=', id).execute()
  }
  await create('a', 'failed')
  const { id, attempt } = (await claims.claim(testWorker))!
  const error = new ZkserveError('TIMEOUT', 'too slow').toJSON()
  await claims.finish(id, attempt, { state: 'failed', error })
  expect(await queue.pace()).toBeCloseTo(4000, 0)
  const jobs = new Jobs(queue, { room: 2, openJobs: null })
  for (const task of ['1', '2']) await jobs.submit(testJob(task))
  await expect(jobs.submit(testJob('3'))).rejects.toMatchObject({ details: { retryAfter: 8 } })
  await claims.announce({ ...testWorker, concurrency: 4 })
  for (const task of ['3', '4', '5', '6']) await create('b', task)
  await new Promise((resolve) => setTimeout(resolve, 110))
  await expect(jobs.submit(testJob('7'))).rejects.toMatchObject({ details: { retryAfter: 6 } })
  await claims.leave(testWorker.name)
  jobs.close()
})

test('a job that outsizes each worker is refused at once, unless one may come that does such jobs', async () => {
  const { queue, claims } = opened
  const give = async (more: object) =>
    (await queue.create(testJob('x', { memory: 900, ...more }), admission)).kind
  expect(await give({})).toBe('created')
  await claims.announce({ ...testWorker, name: 'small', memory: 800, store: true })
  await claims.announce({ ...testWorker, name: 'builder', memory: null, kinds: ['build'] })
  await claims.announce({ ...testWorker, name: 'elsewhere', memory: 5000, models: ['other'] })
  const jobs = new Jobs(queue, admission)
  await expect(jobs.submit(testJob('x', { memory: 900 }))).rejects.toMatchObject({
    code: 'NO_ABLE_WORKER',
    details: { memory: 900, retryAfter: 60 },
  })
  expect(await give({ memory: 800 })).toBe('created')
  expect(await give({ model: 'far' })).toBe('created')
  expect(await give({ model: 'far', bundle: 'digest' })).toBe('unable')
  expect(await give({ model: 'other' })).toBe('created')
  expect(await give({ model: '', kind: 'build' })).toBe('created')
  expect(await give({ model: '' })).toBe('created')
  await claims.announce({ ...testWorker, name: 'large', memory: 900 })
  expect(await give({})).toBe('created')
  for (const name of ['small', 'builder', 'elsewhere', 'large']) await claims.leave(name)
  jobs.close()
})

test('builds and proofs take no room from each other', async () => {
  const { queue, claims } = opened
  await claims.announce({ ...testWorker, name: 'prover' })
  await claims.announce({ ...testWorker, name: 'builder', kinds: ['build'], concurrency: 3 })
  const give = async (kind: 'proof' | 'build') =>
    (await queue.create(testJob('x', { kind }), { room: 1, openJobs: null })).kind
  for (const expected of ['created', 'created', 'full']) expect(await give('proof')).toBe(expected)
  for (const expected of ['created', 'created', 'created', 'created', 'full'])
    expect(await give('build')).toBe(expected)
  expect(await queue.status('build')).toEqual({ queued: 4, running: 0, concurrency: 3 })
  expect(await queue.status()).toEqual({ queued: 6, running: 0, concurrency: 4 })
  for (const name of ['prover', 'builder']) await claims.leave(name)
})
