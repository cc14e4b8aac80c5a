import type { ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { ZkserveError } from '#circuits/errors.js'
import type { Job } from '#service/jobs/job.js'

/**
 * The result of a job within `timeout` ms; null where it takes longer. A client that hangs up meanwhile has its job
 * cancelled: nobody knows its id.
 * @throws ZkserveError what the job failed with, `CANCELLED`
 */
export async function awaitJob<Result>(
  finished: Promise<Job<unknown, Result>>,
  response: ServerResponse,
  timeout: number,
  cancel: () => Promise<unknown>,
): Promise<Result | null> {
  const timer = new AbortController()
  const onClose = (): void => {
    if (!response.writableFinished) void cancel()
  }
  response.once('close', onClose)
  try {
    const expiry = setTimeout(timeout, null, { signal: timer.signal }).catch(() => null)
    const job = await Promise.race([finished, expiry])
    if (job === null) return null
    if (job.status.state === 'succeeded') return job.status.result
    if (job.status.state === 'failed') throw ZkserveError.fromJSON(job.status.error)
    throw new ZkserveError('CANCELLED', 'the proof was cancelled')
  } finally {
    timer.abort()
    response.off('close', onClose)
  }
}
