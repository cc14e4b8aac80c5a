import { expect, test } from 'vitest'
import { ZkserveError } from '#circuits/errors.js'
import { JobRunner, type WorkOptions } from '#service/jobs/job-runner.js'
import { MemoryJobStore } from '#service/jobs/memory-job-store.js'

type Run = (task: number, options: WorkOptions) => Promise<string>

function runnerOf(run: Run, admit: () => void = () => {}) {
  const store = new MemoryJobStore<string, string>({ lifetime: 1e9, limit: 100 })
  return { store, runner: new JobRunner<number, string, string>(store, { admit, run }) }
}

test('work ends in its result, after all its stages', async () => {
  const { runner } = runnerOf(async (task, { onStage }) => {
    onStage('load')
    onStage('prove')
    return `proof ${task}`
  })
  const { job, finished } = await runner.submit(3, 'digits')
  expect(job.status).toEqual({ state: 'queued' })
  expect(await finished).toMatchObject({ id: job.id, status: { state: 'succeeded', result: 'proof 3' } })
  expect((await runner.get(job.id))?.startedAt).not.toBeNull()
})

test('failed work keeps its code', async () => {
  const { runner } = runnerOf(async () => {
    throw new ZkserveError('TIMEOUT', 'too slow')
  })
  const { finished } = await runner.submit(0, 'digits')
  expect((await finished).status).toMatchObject({ state: 'failed', error: { code: 'TIMEOUT' } })
})

test('what is thrown that is no error of ours is INTERNAL', async () => {
  const { runner } = runnerOf(() => Promise.reject(new TypeError('x is undefined')))
  const { finished } = await runner.submit(0, 'digits')
  expect((await finished).status).toMatchObject({ state: 'failed', error: { code: 'INTERNAL' } })
})

test('cancelling aborts the work, and its late result is dropped', async () => {
  const { runner } = runnerOf(async (_task, { signal }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    return 'too late'
  })
  const { job, finished } = await runner.submit(0, 'digits')
  expect((await runner.cancel(job.id))?.status).toEqual({ state: 'cancelled' })
  expect((await finished).status).toEqual({ state: 'cancelled' })
})

test('work that is not admitted leaves no job', async () => {
  const { runner } = runnerOf(
    async () => 'never',
    () => {
      throw new ZkserveError('QUEUE_FULL', 'full')
    },
  )
  await expect(runner.submit(0, 'digits')).rejects.toMatchObject({ code: 'QUEUE_FULL' })
})

test('unknown jobs are null', async () => {
  const { runner } = runnerOf(async () => '')
  expect(await runner.get('0'.repeat(32))).toBeNull()
  expect(await runner.cancel('0'.repeat(32))).toBeNull()
})

test('who waits for a job that the store forgot still learns its end', async () => {
  const { store, runner } = runnerOf(async () => {
    await store.close()
    return 'kept'
  })
  const { finished } = await runner.submit(0, 'digits')
  expect((await finished).status).toEqual({ state: 'succeeded', result: 'kept' })
})
