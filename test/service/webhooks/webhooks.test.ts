/** Webhooks and their messages over PGlite and over a Postgres server, where one is installed. */
import { Webhook } from 'standardwebhooks'
import { Check } from 'typebox/value'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ZkserveError } from '#circuits/errors.js'
import { jobMessageSchema } from '#service/http/schemas/webhook-messages.js'
import { signedHeaders } from '#service/webhooks/signature.js'
import { jobEvents } from '#service/webhooks/webhook.js'
import { type Backing, jobsOver, type TestJobs, testJob, testWorker } from '../support/test-jobs.js'
import { quickBackings, type TestWebhooks, webhooksOver } from '../support/test-webhooks.js'

const tenant = 'default'
const url = 'https://hooks.example.com/zkserve'
const hour = 3_600_000
const refusedWith = (code: string) => expect.objectContaining({ code })
const answered = (status: number, retryAfter: number | null = null) => ({ status, retryAfter })

describe.each(quickBackings)('webhooks %s', (_name, back) => {
  let backing: Backing
  let jobs: TestJobs
  let hooks: TestWebhooks
  beforeAll(async () => {
    backing = await back()
    jobs = await jobsOver(await backing.open())
    hooks = webhooksOver(jobs.database)
    await jobs.database.tables.insertInto('tenants').values({ id: 'other' }).execute()
  })
  afterAll(async () => {
    await jobs?.close()
    backing?.end()
  })
  afterEach(async () => {
    await hooks.clear()
    await jobs.queue.cancelAll()
  })

  const submit = async (more: Parameters<typeof testJob>[1] = {}) => {
    const creation = await jobs.queue.create(testJob('a', more), { room: 100, openJobs: null })
    if (creation.kind !== 'created') throw new Error(creation.kind)
    return creation.job.id
  }
  const cancelled = async (more: Parameters<typeof testJob>[1] = {}) => {
    const id = await submit(more)
    await jobs.queue.cancel(more.tenant ?? tenant, id)
    return id
  }
  const listed = async (id: string) => (await hooks.webhooks.deliveries(tenant, id, 100, null)).deliveries
  const add = async (events = jobEvents as readonly (typeof jobEvents)[number][], of = tenant) =>
    (await hooks.webhooks.create(of, url, events)).webhook.id

  test('tell of every end of a job, once, in its transaction; of nothing else', async () => {
    const subject = { name: 'm', modelHash: '0x1', circuitHash: '0x2', vkHash: '0x3', inputs: 'SECRET' }
    const id = await add()
    const made = { subject: subject as never }
    const done = await submit(made)
    const claim = (await jobs.claims.claim(testWorker))!
    await jobs.claims.enter(claim.id, claim.attempt, 'prove')
    expect(await listed(id)).toEqual([])
    await jobs.claims.finish(claim.id, claim.attempt, { state: 'succeeded', result: 42 })
    // A second end is none.
    await jobs.claims.finish(claim.id, claim.attempt, { state: 'succeeded', result: 43 })
    await jobs.queue.cancel(tenant, done)
    const failed = await submit({ ...made, kind: 'build' })
    const second = (await jobs.claims.claim({ ...testWorker, kinds: ['build'] }))!
    const error = new ZkserveError('TIMEOUT', 'SECRET', { details: { SECRET: 1 } }).toJSON()
    await jobs.claims.finish(second.id, second.attempt, { state: 'failed', error })
    const dropped = await cancelled(made)
    const late = await submit({ ...made, deadline: 0 })
    await jobs.claims.sweep()

    const deliveries = (await listed(id)).toReversed()
    expect(deliveries.map(({ event, job }) => [event, job])).toEqual([
      ['job.succeeded', done],
      ['job.failed', failed],
      ['job.cancelled', dropped],
      ['job.expired', late],
    ])
    const claims = []
    for (let claim = await hooks.claim(); claim !== null; claim = await hooks.claim()) claims.push(claim)
    const bodies = claims.map(({ body }) => JSON.parse(body))
    const model = { name: 'm', modelHash: '0x1', circuitHash: '0x2', vkHash: '0x3' }
    expect(bodies[0]).toEqual({
      type: 'job.succeeded',
      timestamp: new Date((await jobs.queue.get(tenant, done))!.finishedAt!).toISOString(),
      data: { id: done, state: 'succeeded', kind: 'proof', model, error: null, url: `/jobs/${done}` },
    })
    expect(bodies[1]!.data).toMatchObject({ state: 'failed', kind: 'build', error: 'TIMEOUT' })
    expect(bodies.map(({ type }) => type)).toEqual(deliveries.map(({ event }) => event))
    expect(claims.map(({ body }) => body).join()).not.toMatch(/SECRET/)
    expect(new Set(claims.map((claim) => claim.id)).size).toBe(4)
    for (const claim of claims) expect(claim.id).toMatch(/^msg_[0-9a-f]{32}$/)
  })

  test('are told of the events that they want, of their tenant, and not of what was before', async () => {
    await cancelled()
    const [all, failures, others] = [await add(), await add(['job.failed']), await add(jobEvents, 'other')]
    const job = await cancelled()
    const theirs = await cancelled({ tenant: 'other' })
    expect((await listed(all)).map((delivery) => delivery.job)).toEqual([job])
    expect(await listed(failures)).toEqual([])
    const { deliveries } = await hooks.webhooks.deliveries('other', others, 10, null)
    expect(deliveries.map((delivery) => delivery.job)).toEqual([theirs])
  })

  test('tell which model was built, and do not undo the end of a job that is about nothing they know', async () => {
    const id = await add()
    const model = { id: 'f00', name: 'm', version: 3 }
    await cancelled({ kind: 'build', subject: { ...model, secret: 'x' } as never })
    await cancelled({ subject: 'plain text' })
    const bodies = [await hooks.claim(), await hooks.claim()].map((claim) => JSON.parse(claim!.body))
    expect(bodies.map(({ data }) => data.model)).toEqual([model, {}])
    expect(bodies.every((body) => Check(jobMessageSchema, body))).toBe(true)
    expect(await listed(id)).toHaveLength(2)
  })

  test('keep what is to be sent when the job is forgotten; when they go, it goes', async () => {
    const id = await add()
    await cancelled()
    await jobs.database.tables.deleteFrom('jobs').execute()
    expect(await hooks.claim()).toMatchObject({ webhook: id, attempt: 1 })
    await hooks.webhooks.delete(tenant, id)
    expect(await jobs.database.tables.selectFrom('deliveries').select('id').execute()).toEqual([])
  })

  test('are found by their tenant alone', async () => {
    const id = await add()
    const { webhooks } = hooks
    const none = '0'.repeat(32)
    for (const [who, what] of [
      ['other', id],
      [tenant, `wh_${none}`],
    ] as const) {
      const refused = refusedWith('WEBHOOK_NOT_FOUND')
      await expect(webhooks.get(who, what)).rejects.toEqual(refused)
      await expect(webhooks.rotate(who, what)).rejects.toEqual(refused)
      await expect(webhooks.ping(who, what)).rejects.toEqual(refused)
      await expect(webhooks.deliveries(who, what, 10, null)).rejects.toEqual(refused)
      await expect(webhooks.delete(who, what)).rejects.toEqual(refused)
    }
    expect(await webhooks.list('other')).toEqual([])
    expect((await webhooks.list(tenant)).map((webhook) => webhook.id)).toEqual([id])
  })

  test('are no more than their limit, many at once or not', async () => {
    const made = await Promise.allSettled(Array.from({ length: 14 }, () => add()))
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
    await expect(add()).rejects.toEqual(refusedWith('QUOTA_EXCEEDED'))
    await expect(add(jobEvents, 'other')).resolves.toMatch(/^wh_/)
    await expect(hooks.webhooks.create('other', 'https://localhost/', jobEvents)).rejects.toEqual(
      refusedWith('WEBHOOK_REFUSED'),
    )
  })

  test('keep their secrets sealed; the one before the last signs for 24 hours', async () => {
    const { webhook, secret } = await hooks.webhooks.create(tenant, url, jobEvents)
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    const { id } = webhook
    const row = await jobs.database.tables.selectFrom('webhooks').selectAll().executeTakeFirstOrThrow()
    expect(Buffer.from(row.secret).includes(Buffer.from(secret.slice(6), 'base64'))).toBe(false)
    const verifies = async (with_: string) => {
      await cancelled()
      const claim = (await hooks.claim())!
      await hooks.queue.finish(claim, answered(204))
      const headers = signedHeaders(claim.id, claim.body, claim.secrets(), new Date())
      try {
        return new Webhook(with_).verify(claim.body, headers) !== null
      } catch {
        return false
      }
    }
    expect(await verifies(secret)).toBe(true)
    const rotated = await hooks.webhooks.rotate(tenant, id)
    expect(rotated.secret).not.toBe(secret)
    expect([await verifies(secret), await verifies(rotated.secret)]).toEqual([true, true])
    await hooks.pass(24 * hour)
    expect([await verifies(secret), await verifies(rotated.secret)]).toEqual([false, true])
    const third = await hooks.webhooks.rotate(tenant, id)
    await hooks.webhooks.rotate(tenant, id)
    expect([await verifies(rotated.secret), await verifies(third.secret)]).toEqual([false, true])
  })

  test('list what was sent in parts, newest first', async () => {
    const id = await add()
    const sent = []
    for (let i = 0; i < 7; i++) sent.unshift(await cancelled())
    const seen: (string | null)[] = []
    let after: Parameters<TestWebhooks['webhooks']['deliveries']>[3] = null
    const sizes: number[] = []
    do {
      const page = await hooks.webhooks.deliveries(tenant, id, 3, after)
      seen.push(...page.deliveries.map(({ job }) => job))
      sizes.push(page.deliveries.length)
      after = page.next
    } while (after !== null)
    expect(seen).toEqual(sent)
    expect(sizes).toEqual([3, 3, 1])
  })
})
