/** One suite for the embedded Postgres and for a Postgres server, where one is installed. */
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ZkserveError } from '#circuits/errors.js'
import { locks } from '#service/database/locks.js'
import type { JobChange } from '#service/jobs/job-changes.js'
import type { JobClaims } from '#service/jobs/job-claims.js'
import type { JobQueue } from '#service/jobs/job-queue.js'
import { Jobs } from '#service/jobs/jobs.js'
import type { NewJob, Once } from '#service/jobs/new-job.js'
import {
  type Backing,
  testJob as job,
  jobSettings,
  jobsOver,
  presentBackings,
  type TestJobs,
  testWorker as worker,
} from '../support/test-jobs.js'

const settings = { ...jobSettings, lifetime: 20_000, limit: 5 }
const tenant = 'default'

describe.each(presentBackings)('jobs %s', (name, back) => {
  let backing: Backing
  let opened: TestJobs
  let queue: JobQueue<string, string, number>
  let claims: JobClaims<string, number>
  const open = async () => {
    opened = await jobsOver(await backing.open(), settings)
    queue = opened.queue
    claims = opened.claims
  }
  beforeAll(async () => {
    backing = await back()
    await open()
  })
  afterAll(async () => {
    await opened?.close()
    backing?.end()
  })
  const ids: string[] = []
  const give = (task: string, more: Partial<NewJob<string, string>> = {}, room = 100) =>
    queue.create(job(task, more), { room, openJobs: null })
  const create = async (task: string, more: Partial<NewJob<string, string>> = {}, room = 100) => {
    const creation = await give(task, more, room)
    if (creation.kind !== 'created') throw new Error(creation.kind)
    ids.push(creation.job.id)
    return creation.job
  }
  afterEach(async () => {
    for (const id of ids.splice(0)) await queue.cancel(tenant, id)
  })

  test('go from queued over stages to their result; the task is given to the worker', async () => {
    const created = await create('a')
    expect(created).toMatchObject({
      subject: 'about a',
      status: { state: 'queued' },
      startedAt: null,
      finishedAt: null,
    })
    expect(created.id).toMatch(/^[0-9a-f]{32}$/)
    const claim = (await claims.claim(worker))!
    expect(claim).toMatchObject({ id: created.id, tenant, kind: 'proof', task: 'a', attempt: 1 })
    expect((await queue.get(tenant, created.id))!.status).toEqual({ state: 'running', stage: 'load' })
    expect(await claims.enter(claim.id, 1, 'prove')).toBe(true)
    expect((await queue.get(tenant, created.id))!.status).toEqual({ state: 'running', stage: 'prove' })
    expect(await claims.finish(claim.id, 1, { state: 'succeeded', result: 42 })).toBe(true)
    const done = (await queue.get(tenant, created.id))!
    expect(done.status).toEqual({ state: 'succeeded', result: 42 })
    const steps = done.history.map(({ state, stage }) => [state, stage])
    expect(steps).toEqual([
      ['queued', null],
      ['running', 'load'],
      ['running', 'prove'],
      ['succeeded', null],
    ])
    expect(done.history.map(({ at }) => at)).toEqual(done.history.map(({ at }) => at).sort((a, b) => a - b))
    expect(done.history[0]!.at).toBeGreaterThanOrEqual(Math.floor(done.createdAt))
    expect(done.createdAt).toBeLessThanOrEqual(done.startedAt!)
    expect(done.startedAt).toBeLessThanOrEqual(done.finishedAt!)
  })

  test('are taken once each, oldest first, by workers that have the model', async () => {
    for (const task of ['1', '2', '3']) await create(task)
    await create('other', { model: 'elsewhere' })
    const claimed = await Promise.all(['a', 'b', 'c', 'd'].map((name) => claims.claim({ ...worker, name })))
    expect(claimed.map((claim) => claim?.task ?? null).sort()).toEqual(['1', '2', '3', null])
    expect(await claims.claim({ ...worker, models: [] })).toBeNull()
    expect((await claims.claim({ ...worker, models: ['elsewhere'] }))?.task).toBe('other')
  })

  test('of several tenants are shared out among many workers at once, each once', async () => {
    const { tables } = opened.database
    for (const id of ['a', 'b']) await tables.insertInto('tenants').values({ id }).execute()
    for (let i = 0; i < 24; i++) await create('a', { tenant: 'a' })
    for (let i = 0; i < 24; i++) await create('b', { tenant: 'b' })
    const order: { id: string; tenant: string }[] = []
    const work = async (name: string) => {
      for (;;) {
        const claim = await claims.claim({ ...worker, name })
        if (claim === null) return
        order.push(claim)
      }
    }
    const names = ['1', '2', '3', '4', '5', '6', '7', '8']
    await Promise.all(names.map(work))
    expect(new Set(order.map(({ id }) => id)).size).toBe(48)
    const first = order.slice(0, 24).filter((claim) => claim.tenant === 'a')
    expect(Math.abs(first.length - 12)).toBeLessThanOrEqual(names.length)
    await tables.deleteFrom('tenants').where('id', 'in', ['a', 'b']).execute()
  })

  test('keep an error with its code', async () => {
    const { id } = await create('f')
    const { attempt } = (await claims.claim(worker))!
    const error = new ZkserveError('TIMEOUT', 'too slow', { details: { limit: 3 } }).toJSON()
    await claims.finish(id, attempt, { state: 'failed', error })
    expect((await queue.get(tenant, id))!.status).toEqual({ state: 'failed', error })
  })

  test('whose lease lapsed go to another worker; the first can write no more', async () => {
    const { id } = await create('l')
    const first = (await claims.claim(worker))!
    await opened.elapse(settings.lease + 50)
    await claims.sweep()
    const second = (await claims.claim({ ...worker, name: 'two' }))!
    expect(second).toMatchObject({ id, task: 'l', attempt: 2 })
    expect(await claims.renew(id, first.attempt)).toBe(false)
    expect(await claims.enter(id, first.attempt, 'verify')).toBe(false)
    expect(await claims.finish(id, first.attempt, { state: 'succeeded', result: 1 })).toBe(false)
    await claims.release(id, first.attempt)
    expect((await queue.get(tenant, id))!.status).toEqual({ state: 'running', stage: 'load' })
    expect(await claims.finish(id, second.attempt, { state: 'succeeded', result: 2 })).toBe(true)
    expect((await queue.get(tenant, id))!.status).toEqual({ state: 'succeeded', result: 2 })
  })

  test('stay with a worker that renews its lease', async () => {
    const { id } = await create('r')
    const { attempt } = (await claims.claim(worker))!
    for (let i = 0; i < 6; i++) {
      await opened.elapse(settings.lease / 3)
      expect(await claims.renew(id, attempt)).toBe(true)
      await claims.sweep()
    }
    expect(await claims.finish(id, attempt, { state: 'succeeded', result: 3 })).toBe(true)
  })

  test('that kill three workers are given up', async () => {
    const { id } = await create('poison')
    for (let attempt = 1; attempt <= 3; attempt++) {
      expect((await claims.claim(worker))?.attempt).toBe(attempt)
      await opened.elapse(settings.lease + 50)
      await claims.sweep()
    }
    expect(await claims.claim(worker)).toBeNull()
    expect((await queue.get(tenant, id))!.status).toMatchObject({
      state: 'failed',
      error: { code: 'WORKER_LOST' },
    })
  })

  test('that are given back do not count the claim', async () => {
    await create('b')
    for (let i = 0; i < 5; i++) {
      const claim = (await claims.claim(worker))!
      expect(claim.attempt).toBe(1)
      await claims.release(claim.id, claim.attempt)
    }
  })

  test('are cancelled while they wait and while they run; what has ended stays', async () => {
    const waiting = await create('w')
    expect((await queue.cancel(tenant, waiting.id))!.status).toEqual({ state: 'cancelled' })
    expect(await claims.claim(worker)).toBeNull()
    const { id } = await create('x')
    const { attempt } = (await claims.claim(worker))!
    expect((await queue.cancel(tenant, id))!.status).toEqual({ state: 'cancelled' })
    expect(await claims.finish(id, attempt, { state: 'succeeded', result: 1 })).toBe(false)
    expect((await queue.cancel(tenant, id))!.status).toEqual({ state: 'cancelled' })
    expect(await queue.cancel(tenant, '0'.repeat(32))).toBeNull()
    expect(await queue.get(tenant, '0'.repeat(32))).toBeNull()
  })

  test('expire at their deadline, waiting or running', async () => {
    const running = await create('d', { deadline: 60_000 })
    const { attempt } = (await claims.claim(worker))!
    const waiting = await create('e', { deadline: 60_000 })
    await opened.elapse(60_000)
    expect(await claims.claim(worker)).toBeNull()
    await claims.sweep()
    for (const { id } of [running, waiting])
      expect((await queue.get(tenant, id))!.status).toEqual({ state: 'expired' })
    expect(await claims.finish(running.id, attempt, { state: 'succeeded', result: 1 })).toBe(false)
  })

  test('whose worker died after their deadline expire, and are not queued again', async () => {
    const { id } = await create('d', { deadline: 60_000 })
    await claims.claim(worker)
    await opened.elapse(60_000)
    await claims.sweep()
    const { history } = (await queue.get(tenant, id))!
    expect(history.map(({ state }) => state)).toEqual(['queued', 'running', 'expired'])
  })

  test('are refused where there is no room beside what workers can do', async () => {
    await claims.announce({ ...worker, concurrency: 2 })
    expect(await queue.status()).toMatchObject({ queued: 0, concurrency: 2 })
    for (let i = 0; i < 3; i++) await create(`${i}`, {}, 1)
    const status = { queued: 3, running: 0, concurrency: 2 }
    expect(await give('3', {}, 1)).toEqual({ kind: 'full', status })
    expect(await queue.status()).toMatchObject({ queued: 3 })
    await opened.elapse(2 * settings.lease)
    expect((await queue.status()).concurrency).toBe(0)
  })

  test('are forgotten after their time, and where there are too many', async () => {
    const ended: string[] = []
    for (let i = 0; i < 8; i++) {
      const { id } = await create(`${i}`)
      const { attempt } = (await claims.claim(worker))!
      await claims.finish(id, attempt, { state: 'succeeded', result: i })
      ended.push(id)
      await opened.elapse(1)
    }
    const open = await create('open')
    await claims.sweep()
    const kept = async () =>
      (await Promise.all(ended.map((id) => queue.get(tenant, id)))).map((found) => found !== null)
    expect(await kept()).toEqual([false, false, false, true, true, true, true, true])
    await opened.elapse(settings.lifetime)
    await claims.sweep()
    expect(await kept()).toEqual(Array(8).fill(false))
    expect(await queue.get(tenant, open.id)).not.toBeNull()
  })

  const once = (key: string, more: Partial<Once> = {}): Partial<NewJob<string, string>> => ({
    once: { key, fingerprint: 'f', answer: { label: 1 }, waits: true, ...more },
  })

  test('of equal requests at once are one; what was said of it is kept as long as it', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => give('k', once('K'))))
    const jobs = made.flatMap((one) => (one.kind === 'created' ? [one.job] : []))
    expect(made.filter(({ kind }) => kind === 'taken')).toHaveLength(19)
    const [created] = jobs
    const { id } = created!
    expect(await queue.recall(tenant, 'K')).toEqual({ ...once('K').once, job: created })
    expect(await queue.recall(tenant, 'L')).toBeNull()
    await queue.stopWaiting(id)
    expect(await queue.recall(tenant, 'K')).toMatchObject({ waits: false, job: { id } })
    expect(await queue.status()).toMatchObject({ queued: 1 })
    const { attempt } = (await claims.claim(worker))!
    await claims.finish(id, attempt, { state: 'succeeded', result: 9 })
    expect(await give('k', once('K'), 0)).toEqual({ kind: 'taken' })
    expect((await queue.recall(tenant, 'K'))!.job.status).toEqual({ state: 'succeeded', result: 9 })
    await opened.elapse(settings.lifetime)
    await claims.sweep()
    expect(await queue.recall(tenant, 'K')).toBeNull()
    const again = await create('k', once('K'))
    expect(again.id).not.toBe(id)
  })

  test('without keys are never one', async () => {
    const made = await Promise.all(['a', 'a', 'a'].map((task) => create(task)))
    expect(new Set(made.map(({ id }) => id)).size).toBe(3)
  })

  test('that found no room leave their key free', async () => {
    await create('full')
    expect(await give('k', once('M'), 0)).toMatchObject({ kind: 'full' })
    expect(await queue.recall(tenant, 'M')).toBeNull()
    await create('k', once('M'))
  })

  test('are told of when they change', async () => {
    const told: JobChange[] = []
    const stop = queue.subscribe((change) => told.push(change))
    const { id } = await create('t')
    const states = () => told.filter((change) => change?.id === id).map((change) => change!.state)
    const { attempt } = (await claims.claim(worker))!
    await claims.enter(id, attempt, 'prove')
    await claims.finish(id, attempt, { state: 'succeeded', result: 0 })
    for (let i = 0; i < 100 && states().length < 4; i++) await sleep(10)
    stop()
    expect(states()).toEqual(['queued', 'running', 'running', 'succeeded'])
  })

  test('keep what they went through, over attempts too', async () => {
    const { id } = await create('h')
    const first = (await claims.claim(worker))!
    await claims.enter(id, first.attempt, 'load')
    await claims.enter(id, first.attempt, 'witness')
    await claims.release(id, first.attempt)
    await claims.claim(worker)
    await queue.cancel(tenant, id)
    const { history } = (await queue.get(tenant, id))!
    const steps = ['queued', 'load', 'witness', 'queued', 'load', 'cancelled']
    expect(history.map(({ state, stage }) => stage ?? state)).toEqual(steps)
  })

  test('outlive the process', async () => {
    const { id } = await create('kept')
    const done = await create('done')
    const twice = { key: 'twice', fingerprint: 'f', answer: [1], waits: false }
    const keyed = await create('keyed', { once: twice })
    await claims.claim(worker)
    const { attempt } = (await claims.claim(worker))!
    await claims.finish(done.id, attempt, { state: 'succeeded', result: 7 })
    await opened.close()
    await open()
    expect((await queue.get(tenant, done.id))!.status).toEqual({ state: 'succeeded', result: 7 })
    expect(await queue.recall(tenant, 'twice')).toEqual({ ...twice, job: keyed })
    expect(await give('keyed', { once: twice })).toEqual({ kind: 'taken' })
    await opened.elapse(settings.lease + 50)
    await claims.sweep()
    expect(await claims.claim(worker)).toMatchObject({ id, task: 'kept', attempt: 2 })
  })

  test.runIf(name.includes('server'))('are swept by one process at a time', async () => {
    const { id } = await create('lapsed')
    await claims.claim(worker)
    await opened.elapse(settings.lease)
    const there = await jobsOver(await backing.open(), settings)
    await opened.database.tables.transaction().execute(async (tables) => {
      await sql`select pg_advisory_xact_lock(${locks.sweepJobs})`.execute(tables)
      await there.claims.sweep()
      expect((await queue.get(tenant, id))!.status.state).toBe('running')
    })
    await Promise.all([claims.sweep(), there.claims.sweep(), claims.sweep(), there.claims.sweep()])
    expect(await there.claims.claim(worker)).toMatchObject({ id, attempt: 2 })
    await there.close()
  })

  test.runIf(name.includes('server'))('are watched from another process', async () => {
    const there = await jobsOver(await backing.open(), settings)
    const jobs = new Jobs(there.queue, { room: 9, openJobs: null, poll: 60_000 })
    const { id } = await create('w')
    const seen: string[] = []
    const watching = (async () => {
      for await (const { history } of jobs.watch(tenant, id, new AbortController().signal))
        seen.push(history.map(({ state, stage }) => stage ?? state).join(' '))
    })()
    const until = async (last: string) => {
      while (!seen.at(-1)?.endsWith(last)) await sleep(5)
    }
    await until('queued')
    const { attempt } = (await claims.claim(worker))!
    await until('load')
    await claims.enter(id, attempt, 'prove')
    await until('prove')
    await claims.finish(id, attempt, { state: 'succeeded', result: 1 })
    await watching
    expect(seen.at(-1)).toBe('queued load prove succeeded')
    jobs.close()
    await there.close()
  })
})
