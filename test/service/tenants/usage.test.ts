/** Quotas over both databases. */
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ZkserveError } from '#circuits/errors.js'
import type { Job } from '#service/jobs/job.js'
import type { NewJob } from '#service/jobs/new-job.js'
import { TenantAdmin } from '#service/tenants/tenant-admin.js'
import { nextDay, reserveUsage } from '#service/tenants/usage.js'
import {
  type Backing,
  jobsOver,
  presentBackings,
  type TestJobs,
  testJob,
  testWorker,
} from '../support/test-jobs.js'

const admission = { room: 1000, openJobs: null }

describe.each(presentBackings)('the quota of a day %s', (_name, back) => {
  let backing: Backing
  let opened: TestJobs
  let admin: TenantAdmin
  let tenant: string
  let number = 0
  beforeAll(async () => {
    backing = await back()
    opened = await jobsOver(await backing.open())
    admin = new TenantAdmin(opened.database)
  })
  afterAll(async () => {
    await opened?.close()
    backing?.end()
  })
  beforeEach(async () => {
    tenant = `tenant-${number++}`
    await admin.add(tenant, { constraintsPerDay: 100 })
  })

  const create = async (
    cost: number,
    more: Partial<NewJob<string, string>> = {},
    standard: number | null = null,
  ) => {
    const creation = await opened.queue.create(testJob('t', { tenant, cost, ...more }), {
      ...admission,
      constraintsPerDay: standard,
    })
    if (creation.kind !== 'created') throw new Error(creation.kind)
    return creation.job
  }
  const used = async () => {
    const { constraints, proofs } = (await admin.show(tenant)).today
    return [constraints, proofs]
  }
  const refusal = async (work: Promise<unknown>): Promise<ZkserveError> => {
    const error = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(ZkserveError)
    expect(error).toMatchObject({ code: 'QUOTA_EXCEEDED' })
    return error as ZkserveError
  }
  /** Ends all that other tests left, then gives a claim of the job. */
  const claimOf = async ({ id }: Job<string, number>) => {
    for (;;) {
      const claim = (await opened.claims.claim(testWorker))!
      if (claim.id === id) return claim
      await opened.claims.finish(claim.id, claim.attempt, { state: 'cancelled' })
    }
  }

  test('holds to the last constraint, and says when it is whole again', async () => {
    await create(60)
    const error = await refusal(create(41))
    const { retryAfter } = error.details as { retryAfter: number }
    expect(retryAfter).toBeGreaterThan(0)
    expect(retryAfter).toBeLessThanOrEqual(86_400)
    expect(error.message).toBe('the quota of 100 constraints a day does not hold 41 more')
    await create(40)
    await refusal(create(1))
    // What takes a whole day's quota may come tomorrow.
    expect((await refusal(create(100))).details).toHaveProperty('retryAfter')
    expect(await used()).toEqual([100, 2])
    expect((await opened.queue.list(tenant, { limit: 10 })).jobs).toHaveLength(2)
  })

  test('is never exceeded by many at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 30 }, () => create(7)))
    const made = results.filter(({ status }) => status === 'fulfilled')
    expect(made).toHaveLength(14)
    expect(await used()).toEqual([98, 14])
  })

  test('is never exceeded by many at once that do not wait for the queue either', async () => {
    const charge = { tenant, kind: 'proof', cost: 7, createdAt: new Date() } as const
    const reserve = () =>
      opened.database.tables.transaction().execute((tables) => reserveUsage(tables, charge, null))
    const results = await Promise.allSettled(Array.from({ length: 30 }, reserve))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(14)
    expect(await used()).toEqual([98, 14])
  })

  test('refuses for good what is larger than itself', async () => {
    const error = await refusal(create(101))
    expect(error.details).toEqual({ quota: 100, cost: 101 })
    expect(error.message).toMatch(/takes 101 constraints, and the quota of a day is 100$/)
    expect(error.hints).toEqual([expect.stringContaining('larger quota')])
    expect(await used()).toEqual([0, 0])
  })

  test('of the settings holds where the tenant has none, and the tenant goes before it', async () => {
    await refusal(create(101, {}, 1000))
    await admin.limit(tenant, { constraintsPerDay: null })
    await refusal(create(1001, {}, 1000))
    await create(1000, {}, 1000)
    await refusal(create(1, {}, 1000))
    await create(1_000_000)
    await admin.limit(tenant, { constraintsPerDay: 0 })
    await refusal(create(1))
  })

  test('does not count repetitions, and not what is no proof', async () => {
    const once = { key: 'k', fingerprint: 'f', answer: null, waits: false }
    await create(10, { once })
    await expect(create(10, { once })).rejects.toThrow('taken')
    await create(1000, { kind: 'build', model: '' })
    expect(await used()).toEqual([10, 1])
  })

  test('gets back what was cancelled or expired before a worker had it', async () => {
    const { id } = await create(10)
    await create(20, { deadline: 0 })
    expect(await used()).toEqual([30, 2])
    await opened.queue.cancel(tenant, id)
    await opened.queue.cancel(tenant, id)
    expect(await used()).toEqual([20, 1])
    await opened.claims.sweep()
    expect(await used()).toEqual([0, 0])
  })

  test('gets back what failed, and keeps what was made or was in work when it was cancelled', async () => {
    const failing = await claimOf(await create(10))
    const error = new ZkserveError('PROVING_FAILED', 'no').toJSON()
    expect(await opened.claims.finish(failing.id, failing.attempt, { state: 'failed', error })).toBe(true)
    expect(await opened.claims.finish(failing.id, failing.attempt, { state: 'failed', error })).toBe(false)
    expect(await used()).toEqual([0, 0])
    const made = await claimOf(await create(20))
    await opened.claims.finish(made.id, made.attempt, { state: 'succeeded', result: 1 })
    const running = await claimOf(await create(30))
    await opened.queue.cancel(tenant, running.id)
    expect(await used()).toEqual([50, 2])
    const released = await claimOf(await create(5))
    await opened.claims.release(released.id, released.attempt)
    await opened.queue.cancel(tenant, released.id)
    expect(await used()).toEqual([50, 2])
  })

  test('is that of the day on which the job was made', async () => {
    const { id } = await create(10)
    const { tables } = opened.database
    await tables.updateTable('usage').set({ day: '2020-01-01' }).where('tenant', '=', tenant).execute()
    await sql`update jobs set created_at = '2020-01-01T23:59:59Z' where id = ${id}`.execute(tables)
    await create(100)
    await opened.queue.cancel(tenant, id)
    expect(await used()).toEqual([100, 1])
    const { rows } = await sql<{ constraints: string }>`select constraints from usage
      where tenant = ${tenant} and day = '2020-01-01'`.execute(tables)
    expect(Number(rows[0]!.constraints)).toBe(0)
  })

  test('keeps nothing of what could not be inserted', async () => {
    await expect(create(10, { tenant: 'nobody' })).rejects.toMatchObject({ code: 'TENANT_NOT_FOUND' })
    expect(await used()).toEqual([0, 0])
  })
})

test('a day ends at midnight of UTC', () => {
  expect(nextDay(new Date('2026-12-31T23:59:59.999Z'))).toBe(Date.parse('2027-01-01'))
  expect(nextDay(new Date('2027-01-01T00:00:00Z'))).toBe(Date.parse('2027-01-02'))
})
