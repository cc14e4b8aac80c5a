import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { ZkserveError } from '#circuits/errors.js'
import { JobWorker, type Work } from '#service/jobs/job-worker.js'
import { Jobs } from '#service/jobs/jobs.js'
import { sweepOften } from '#service/jobs/sweep-often.js'
import { jobsInMemory, type TestJobs, testJob, testWorker } from '../support/test-jobs.js'

const tenant = 'default'
let opened: TestJobs
beforeAll(async () => {
  opened = await jobsInMemory({ lease: 300 })
})
afterAll(() => opened.close())

const stops: (() => unknown)[] = []
afterEach(async () => {
  vi.restoreAllMocks()
  for (const stop of stops.splice(0).reverse()) await stop()
  await opened.queue.cancelAll()
})

async function serviceOf(
  work: Work<string, number>,
  { concurrency = 1, room = 10, name = 'one', memory = null as number | null } = {},
) {
  const { queue, claims } = opened
  const errors: string[] = []
  const onError = ({ code }: ZkserveError) => errors.push(code)
  const jobs = new Jobs(queue, { room, openJobs: null })
  const worker = new JobWorker(claims, work, {
    ...{ ...testWorker, name, concurrency, memory, onError },
    poll: 50,
  })
  await worker.start()
  stops.push(() => worker.stop())
  stops.push(() => jobs.close())
  const submit = async (task: number) => (await jobs.submit(testJob(String(task), { memory: 6 }))).job
  const ended = (id: string) => jobs.ended(tenant, id, AbortSignal.timeout(5000))
  return { queue, claims, jobs, worker, errors, submit, ended }
}

const never = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(new ZkserveError('CANCELLED', 'given up'))),
  )

test('work ends in its result, after all its stages', async () => {
  const { submit, ended } = await serviceOf(async ({ task }, { onStage }) => {
    onStage('load')
    onStage('prove')
    return 10 + Number(task)
  })
  const { id, status } = await submit(3)
  expect(status).toEqual({ state: 'queued' })
  expect(await ended(id)).toMatchObject({ id, status: { state: 'succeeded', result: 13 } })
})

test('failed work keeps its code; what is no error of ours is INTERNAL', async () => {
  const { submit, ended } = await serviceOf(async ({ task }) => {
    throw task === '0' ? new ZkserveError('TIMEOUT', 'too slow') : new TypeError('x is undefined')
  })
  const [first, second] = [await submit(0), await submit(1)]
  expect((await ended(first.id))!.status).toMatchObject({ state: 'failed', error: { code: 'TIMEOUT' } })
  expect((await ended(second.id))!.status).toMatchObject({ state: 'failed', error: { code: 'INTERNAL' } })
})

test('cancelling aborts the work at once', async () => {
  const { jobs, queue, submit, ended } = await serviceOf((_claim, { signal }) => never(signal))
  const { id } = await submit(0)
  while ((await queue.status()).running === 0) await sleep(5)
  expect((await jobs.cancel(tenant, id))!.status).toEqual({ state: 'cancelled' })
  expect((await ended(id))!.status).toEqual({ state: 'cancelled' })
})

test.each([
  ['the worker takes', { concurrency: 3 }, 3],
  ['its memory holds', { concurrency: 5, memory: 13 }, 2],
])('as many jobs run at once as %s, and no more', async (_what, limits, most) => {
  const running: (() => void)[] = []
  const { queue, submit, ended } = await serviceOf(
    () => new Promise((resolve) => running.push(() => resolve(0))),
    limits,
  )
  const ids = await Promise.all([1, 2, 3, 4, 5, 6, 7].map(async (task) => (await submit(task)).id))
  for (let left = ids.length; left > 0; left -= most) {
    const atOnce = Math.min(left, most)
    await vi.waitFor(() => expect(running).toHaveLength(atOnce))
    await sleep(60)
    expect(running).toHaveLength(atOnce)
    expect((await queue.status()).running).toBe(atOnce)
    for (const end of running.splice(0)) end()
  }
  for (const id of ids) expect((await ended(id))!.status.state).toBe('succeeded')
})

test('sweeps go on, one after another, while the database fails', async () => {
  const errors: string[] = []
  const gone = new ZkserveError('DATABASE_UNAVAILABLE', 'gone')
  let sweeping = 0
  const sweep = vi.fn(async () => {
    if (++sweeping > 1) throw new Error('two at once')
    await sleep(30)
    sweeping--
    if (sweep.mock.calls.length === 1) throw gone
  })
  const claims = { lease: 30, sweep } as unknown as TestJobs['claims']
  const stop = sweepOften(claims, ({ code }) => errors.push(code))
  await vi.waitFor(() => expect(sweep.mock.calls.length).toBeGreaterThan(2))
  await stop()
  expect(sweeping).toBe(0)
  expect(errors).toEqual(['DATABASE_UNAVAILABLE'])
  const calls = sweep.mock.calls.length
  await sleep(30)
  expect(sweep.mock.calls.length).toBe(calls)
})

test('work beyond the room is refused with the time to come again', async () => {
  const { submit } = await serviceOf((_claim, { signal }) => never(signal), { room: 1 })
  await submit(0)
  await submit(1)
  await expect(submit(2)).rejects.toMatchObject({ code: 'QUEUE_FULL', details: { retryAfter: 1 } })
})

test('a worker that stops gives back what does not end in time; another takes it', async () => {
  const first = await serviceOf((_claim, { signal }) => never(signal))
  const { queue } = first
  const { id } = await first.submit(5)
  while ((await queue.status()).running === 0) await sleep(5)
  await first.worker.stop(20)
  expect((await queue.get(tenant, id))!.status).toEqual({ state: 'queued' })
  const second = await serviceOf(async ({ task }) => 10 + Number(task), { name: 'two' })
  expect((await second.ended(id))!.status).toEqual({ state: 'succeeded', result: 15 })
})

test('a worker whose lease is lost aborts, and its late result is dropped', async () => {
  const { queue, claims, submit, ended } = await serviceOf(async (_claim, { signal }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    return 0
  })
  const { id } = await submit(0)
  while ((await queue.status()).running === 0) await sleep(5)
  vi.spyOn(claims, 'renew').mockResolvedValue(false)
  await sleep(150)
  expect(['queued', 'running']).toContain((await queue.get(tenant, id))!.status.state)
  await queue.cancel(tenant, id)
  expect((await ended(id))!.status.state).toBe('cancelled')
})

test('an end that the database refuses is written again until it holds', async () => {
  const gone = new ZkserveError('DATABASE_UNAVAILABLE', 'gone')
  const { claims, submit, ended, errors } = await serviceOf(async () => 8)
  vi.spyOn(claims, 'finish').mockRejectedValueOnce(gone).mockRejectedValueOnce(gone)
  const { id } = await submit(0)
  expect((await ended(id))!.status).toEqual({ state: 'succeeded', result: 8 })
  expect(errors).toEqual(['DATABASE_UNAVAILABLE', 'DATABASE_UNAVAILABLE'])
})

test('who waits is let go when the service closes, and new work refused', async () => {
  const { jobs, submit, ended } = await serviceOf((_claim, { signal }) => never(signal))
  const { id } = await submit(0)
  const waiting = ended(id)
  jobs.close()
  expect(await waiting).toBeNull()
  await expect(submit(1)).rejects.toMatchObject({ code: 'QUEUE_FULL' })
})
