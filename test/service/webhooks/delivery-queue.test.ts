/** Messages to webhooks over PGlite and over a Postgres server, where one is installed. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { DeliveryClaim } from '#service/webhooks/delivery-queue.js'
import { jobEvents } from '#service/webhooks/webhook.js'
import { type Backing, jobsOver, type TestJobs, testJob } from '../support/test-jobs.js'
import { nobodyBusy, quickBackings, type TestWebhooks, webhooksOver } from '../support/test-webhooks.js'

const tenant = 'default'
const minute = 60_000
const hour = 60 * minute
const answered = (status: number, retryAfter: number | null = null) => ({ status, retryAfter })

describe.each(quickBackings)('deliveries %s', (_name, back) => {
  let backing: Backing
  let jobs: TestJobs
  let hooks: TestWebhooks
  beforeAll(async () => {
    backing = await back()
    jobs = await jobsOver(await backing.open())
    hooks = webhooksOver(jobs.database, { limit: 100 })
    await jobs.database.tables.insertInto('tenants').values({ id: 'other' }).execute()
  })
  afterAll(async () => {
    await jobs?.close()
    backing?.end()
  })
  afterEach(() => hooks.clear())

  const add = async (of = tenant) =>
    (await hooks.webhooks.create(of, 'https://hooks.example.com/', jobEvents)).webhook.id
  const endJob = async (of = tenant) => {
    const creation = await jobs.queue.create(testJob('a', { tenant: of }), { room: 100, openJobs: null })
    if (creation.kind !== 'created') throw new Error(creation.kind)
    await jobs.queue.cancel(of, creation.job.id)
  }
  const endJobs = async (count: number, of = tenant) => {
    for (let i = 0; i < count; i++) await endJob(of)
  }
  const listed = async (id: string, of = tenant) =>
    (await hooks.webhooks.deliveries(of, id, 100, null)).deliveries
  const state = async (id: string) => (await listed(id)).map(({ state }) => state).join()
  const webhook = (id: string) => hooks.webhooks.get(tenant, id)
  const next = async () => (await hooks.claim())!

  test('are claimed once each, by as many as want them', async () => {
    await add()
    await endJobs(5)
    const claims = await Promise.all(Array.from({ length: 8 }, () => hooks.claim()))
    const ids = claims.flatMap((claim) => (claim === null ? [] : [claim.id]))
    for (let claim = await hooks.claim(); claim !== null; claim = await hooks.claim()) ids.push(claim.id)
    expect(ids).toHaveLength(5)
    expect(new Set(ids).size).toBe(5)
  })

  test('come again with the same id and text when their sender died; what it still writes is refused', async () => {
    const quick = webhooksOver(jobs.database, { lease: 50 })
    const { id } = (await quick.webhooks.create(tenant, 'https://hooks.example.com/', jobEvents)).webhook
    await endJob()
    const first = (await quick.claim())!
    expect(await quick.claim()).toBeNull()
    await sleep(80)
    const second = (await quick.claim())!
    expect(second).toMatchObject({ id: first.id, body: first.body, attempt: 2 })
    expect(await quick.queue.finish(first, answered(204))).toBeNull()
    expect(await state(id)).toBe('pending')
    expect(await quick.queue.finish(second, answered(204))).toBe('delivered')
    expect(await quick.queue.finish(second, answered(500))).toBeNull()
    expect(await listed(id)).toMatchObject([{ state: 'delivered', attempts: 2, status: 204, nextAt: null }])
  })

  test('are sent ten times over three days, each time later, then given up', async () => {
    const id = await add()
    await endJob()
    const waits: number[] = []
    for (let attempt = 1; attempt <= 10; attempt++) {
      const claim = await next()
      expect(claim.attempt).toBe(attempt)
      const outcome = await hooks.queue.finish(claim, answered(500))
      expect(outcome).toBe(attempt < 10 ? 'retry' : 'failed')
      const [delivery] = await listed(id)
      expect(delivery).toMatchObject({ attempts: attempt, status: 500 })
      if (attempt === 10) break
      const wait = delivery!.nextAt! - delivery!.attemptedAt!
      waits.push(wait)
      expect(await hooks.claim()).toBeNull()
      await hooks.pass(wait)
    }
    const planned = [5000, 5 * minute, 30 * minute, ...[2, 5, 10, 14, 20, 24].map((hours) => hours * hour)]
    for (const [index, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(planned[index]!)
      expect(wait).toBeLessThan(planned[index]! * 1.2 + 10_000)
    }
    expect(await state(id)).toBe('failed')
    // All of it failed for more than three days.
    expect((await webhook(id)).disabledAt).not.toBeNull()
    await endJob()
    expect(await listed(id)).toHaveLength(1)
  })

  test('whose last sender died are given up by the sweep', async () => {
    const id = await add()
    await endJob()
    for (let attempt = 1; attempt <= 10; attempt++) {
      expect((await next()).attempt).toBe(attempt)
      await hooks.queue.sweep()
      expect(await state(id)).toBe('pending')
      await hooks.pass(20_000)
    }
    expect(await hooks.claim()).toBeNull()
    await hooks.queue.sweep()
    expect(await listed(id)).toMatchObject([{ state: 'failed', attempts: 10, status: null }])
  })

  test('end a webhook that is gone, and all that waits for it', async () => {
    const id = await add()
    await endJobs(3)
    const [one, two] = [await next(), await next()]
    expect(await hooks.queue.finish(one, answered(410))).toBe('failed')
    expect((await webhook(id)).disabledAt).not.toBeNull()
    expect(await hooks.claim()).toBeNull()
    await hooks.queue.sweep()
    expect(await state(id)).toBe('failed,failed,failed')
    expect(await hooks.queue.finish(two, answered(204))).toBeNull()
    await endJob()
    expect(await listed(id)).toHaveLength(3)
  })

  test('that succeed forgive what failed before', async () => {
    const id = await add()
    await endJobs(2)
    await hooks.queue.finish(await next(), answered(500))
    expect((await webhook(id)).failingSince).not.toBeNull()
    await hooks.queue.finish(await next(), answered(299))
    expect(await webhook(id)).toMatchObject({ failingSince: null, disabledAt: null })
    await hooks.pass(71 * hour)
    await hooks.queue.finish(await next(), answered(300))
    expect(await webhook(id)).toMatchObject({ disabledAt: null })
    expect(await state(id)).toBe('delivered,pending')
  })

  test('wait as long as the receiver asks, within a day; and hold the others up while it is overloaded', async () => {
    const id = await add()
    await endJobs(2)
    await hooks.queue.finish(await next(), answered(503, 10 * minute))
    expect(await hooks.claim()).toBeNull()
    await hooks.pass(9 * minute)
    expect(await hooks.claim()).toBeNull()
    await hooks.pass(3 * minute)
    const claims = [await next(), await next()]
    expect(claims.map(({ attempt }) => attempt).sort()).toEqual([1, 2])
    await hooks.queue.finish(claims[0]!, answered(429, 1000 * hour))
    const waits = (await listed(id)).map(({ nextAt, attemptedAt }) => nextAt! - attemptedAt!)
    expect(Math.max(...waits)).toBeLessThan(29 * hour)
    await endJob()
    await hooks.pass(hour)
    expect(await hooks.claim()).not.toBeNull()
  })

  test('are not given out for those who have enough of them', async () => {
    const [first, second] = [await add(), await add()]
    const theirs = await add('other')
    await endJob()
    await endJob('other')
    const busy = async (webhooks: string[], tenants: string[]) => {
      const claim = await hooks.claim({ webhooks, tenants })
      if (claim !== null) await hooks.queue.release(claim)
      return claim?.webhook ?? null
    }
    expect(await busy([first], ['other'])).toBe(second)
    expect(await busy([second], ['other'])).toBe(first)
    expect(await busy([first, second], [])).toBe(theirs)
    expect(await busy([first, second, theirs], [])).toBeNull()
    expect(await busy([], [tenant, 'other'])).toBeNull()
    // What was given back was not attempted.
    expect((await listed(first))[0]).toMatchObject({ attempts: 0, state: 'pending' })
  })

  test('of a tenant that is disabled wait', async () => {
    const disable = (disabled_at: Date | null) =>
      jobs.database.tables.updateTable('tenants').set({ disabled_at }).where('id', '=', 'other').execute()
    await add('other')
    await endJob('other')
    await disable(new Date())
    expect(await hooks.claim()).toBeNull()
    await disable(null)
    expect(await hooks.claim()).not.toBeNull()
  })

  test('to one webhook do not hide those to others, however many', async () => {
    await add()
    const other = await add('other')
    await endJobs(30)
    await endJob('other')
    const claims: DeliveryClaim[] = []
    for (let i = 0; i < 2; i++) claims.push(await next())
    const claim = await hooks.claim({ ...nobodyBusy, webhooks: [claims[0]!.webhook] })
    expect(claim?.webhook).toBe(other)
  })

  test('of a ping go out once, also to a webhook that is disabled, which a success enables', async () => {
    const id = await add()
    await endJob()
    await hooks.queue.finish(await next(), answered(410))
    const ping = await hooks.webhooks.ping(tenant, id)
    expect(ping).toMatchObject({ event: 'ping', job: null, state: 'pending', attempts: 0 })
    // Who asks again meanwhile gets the same.
    expect((await hooks.webhooks.ping(tenant, id)).id).toBe(ping.id)
    const claim = await next()
    expect(JSON.parse(claim.body)).toEqual({
      type: 'ping',
      timestamp: expect.stringMatching(/Z$/),
      data: { webhook: id },
    })
    expect(await hooks.queue.finish(claim, null)).toBe('failed')
    expect((await webhook(id)).disabledAt).not.toBeNull()
    await hooks.webhooks.ping(tenant, id)
    await hooks.queue.finish(await next(), answered(200))
    expect(await webhook(id)).toMatchObject({ disabledAt: null, failingSince: null })
    await endJob()
    expect(await hooks.claim()).toMatchObject({ event: 'job.cancelled' })
  })

  test('are forgotten a week after their end, and where there are too many', async () => {
    const id = await add()
    await endJobs(8)
    for (let i = 0; i < 7; i++) await hooks.queue.finish(await next(), answered(204))
    await hooks.queue.sweep()
    expect((await listed(id)).map(({ state }) => state).sort()).toEqual([
      ...Array(5).fill('delivered'),
      'pending',
    ])
    await hooks.pass(7 * 24 * hour)
    await hooks.queue.sweep()
    expect(await state(id)).toBe('pending')
  })
})
