import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { JobState, JobStatus } from '#service/jobs/job.js'
import type { JobChange } from '#service/jobs/job-changes.js'
import type { JobQueue } from '#service/jobs/job-queue.js'
import { Jobs } from '#service/jobs/jobs.js'
import { testJob } from '../support/test-jobs.js'

/** A queue without a database: one job, whose state a test sets. */
class PlayedQueue {
  state: JobState = 'queued'
  looks = 0
  creations: unknown[] = []
  asked = 0
  tell: (change: JobChange) => void = () => {}
  subscribed = false
  recalled: unknown[] = []

  subscribe(listener: (change: JobChange) => void): () => void {
    this.tell = listener
    this.subscribed = true
    return () => {
      this.subscribed = false
    }
  }

  async get(): Promise<unknown> {
    this.looks++
    return { id: 'a', status: { state: this.state } as JobStatus<number> }
  }

  async createAll(): Promise<unknown> {
    this.asked++
    return this.creations.shift()
  }

  readonly recall = async () => this.recalled.shift() ?? null
  readonly status = async () => ({ queued: 3, running: 2, concurrency: 2 })
  readonly pace = async (): Promise<number | null> => null
}

let queue: PlayedQueue
let jobs: Jobs<string, string, number>
const settled = (): Promise<void> => sleep(5)
const forEver = new AbortController().signal
const full = { kind: 'full', status: { queued: 3, running: 2, concurrency: 2 } }

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  queue = new PlayedQueue()
  jobs = new Jobs(queue as unknown as JobQueue<string, string, number>, { room: 7, openJobs: null })
})

afterEach(() => {
  jobs.close()
  vi.useRealTimers()
})

describe('who waits for the end of a job', () => {
  test('looks again when it may have ended, and at no other change', async () => {
    const ended = jobs.ended('default', 'a', forEver)
    await settled()
    expect(queue.looks).toBe(1)
    queue.tell({ id: 'a', state: 'running' })
    queue.tell({ id: 'b', state: 'succeeded' })
    await settled()
    expect(queue.looks).toBe(1)
    queue.tell(null)
    await settled()
    expect(queue.looks).toBe(2)
    queue.state = 'succeeded'
    queue.tell({ id: 'a', state: 'succeeded' })
    expect(await ended).toMatchObject({ id: 'a', status: { state: 'succeeded' } })
    queue.tell(null)
    await settled()
    expect(queue.looks).toBe(3)
  })

  test('looks every two seconds, told or not', async () => {
    const ended = jobs.ended('default', 'a', forEver)
    await settled()
    queue.state = 'failed'
    await vi.advanceTimersByTimeAsync(1999)
    await settled()
    expect(queue.looks).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(await ended).toMatchObject({ status: { state: 'failed' } })
  })

  test('learns that it is in vain where the service stops, or it gives up itself', async () => {
    const leaving = new AbortController()
    const [mine, others] = [jobs.ended('default', 'a', leaving.signal), jobs.ended('default', 'a', forEver)]
    await settled()
    leaving.abort()
    expect(await mine).toBeNull()
    jobs.close()
    expect(await others).toBeNull()
    expect(queue.subscribed).toBe(false)
    expect(await jobs.ended('default', 'a', forEver)).toBeNull()
  })
})

test('who watches a job sees every change, and nothing after its end', async () => {
  const seen: string[] = []
  const watching = (async () => {
    for await (const { status } of jobs.watch('default', 'a', forEver)) seen.push(status.state)
  })()
  await settled()
  queue.state = 'running'
  queue.tell({ id: 'a', state: 'running' })
  await settled()
  queue.tell({ id: 'b', state: 'succeeded' })
  await settled()
  queue.state = 'succeeded'
  queue.tell({ id: 'a', state: 'succeeded' })
  await watching
  expect(seen).toEqual(['queued', 'running', 'succeeded'])
})

describe('a queue without room', () => {
  const refusal = (message: string, retryAfter: number) =>
    expect.objectContaining({ code: 'QUEUE_FULL', message, details: { retryAfter } })

  test('is not asked again for a tenth of a second, but for what ends meanwhile', async () => {
    const waits = refusal('no work can be taken on: 7 jobs wait already', 13)
    queue.creations = [full, full, full]
    await expect(jobs.submit(testJob('1'))).rejects.toThrow(waits)
    await expect(jobs.submit(testJob('1'))).rejects.toThrow(waits)
    expect(queue.asked).toBe(1)
    queue.tell({ id: 'b', state: 'running' })
    await expect(jobs.submit(testJob('1'))).rejects.toThrow(waits)
    expect(queue.asked).toBe(1)
    queue.tell({ id: 'b', state: 'succeeded' })
    await expect(jobs.submit(testJob('1'))).rejects.toThrow(waits)
    expect(queue.asked).toBe(2)
    await vi.advanceTimersByTimeAsync(100)
    await expect(jobs.submit(testJob('1'))).rejects.toThrow(waits)
    expect(queue.asked).toBe(3)
  })

  test('for many at once may have room for one', async () => {
    queue.creations = [full, { kind: 'created', job: [{ id: 'a' }] }]
    await expect(jobs.submitAll([testJob('1'), testJob('2')])).rejects.toThrow(
      refusal('no work can be taken on: there is no room for 2 jobs at once', 13),
    )
    expect(await jobs.submit(testJob('1'))).toEqual({ job: { id: 'a' }, first: null })
  })

  test('takes nothing where the service stops', async () => {
    expect(jobs.stopping).toBe(false)
    jobs.stop()
    expect(jobs.stopping).toBe(true)
    await expect(jobs.submit(testJob('1'))).rejects.toThrow(
      refusal('no work can be taken on: the service is stopping', 1),
    )
    expect(queue.asked).toBe(0)
  })
})

test('a job that no worker can do says how much memory it takes', async () => {
  queue.creations = [{ kind: 'unable', memory: 5_000_000 }]
  await expect(jobs.submit(testJob('1'))).rejects.toMatchObject({
    code: 'NO_ABLE_WORKER',
    message: 'a proof of this takes 5000000 bytes of memory, more than any worker has',
    details: { retryAfter: 60, memory: 5_000_000 },
  })
})

test('where another request took the key, its job is the one; a new one where that is gone by now', async () => {
  const once = { key: 'k', fingerprint: 'f', answer: 1, waits: false }
  const first = { key: 'k', job: { id: 'theirs' } }
  queue.creations = [{ kind: 'taken' }]
  queue.recalled = [first]
  expect(await jobs.submit({ ...testJob('1'), once })).toEqual({ job: { id: 'theirs' }, first })
  queue.creations = [{ kind: 'taken' }, { kind: 'created', job: [{ id: 'mine' }] }]
  expect(await jobs.submit({ ...testJob('1'), once })).toEqual({ job: { id: 'mine' }, first: null })
})
