import type { ServerResponse } from 'node:http'
import { ZkserveError } from '#circuits/errors.js'
import type { Jobs } from '#service/jobs/jobs.js'

/**
 * The result of a job within `timeout` ms; null where it takes longer, or the service stops first. A client that
 * hangs up meanwhile has its job cancelled: nobody knows its id.
 * @throws ZkserveError what the job failed with, `CANCELLED`, `EXPIRED`
 */
export async function awaitJob<Task, Subject, Result>(
  jobs: Jobs<Task, Subject, Result>,
  id: string,
  response: ServerResponse,
  timeout: number,
): Promise<Result | null> {
  const hungUp = new AbortController()
  const onClose = (): void => {
    if (response.writableFinished) return
    hungUp.abort()
    void jobs.cancel(id).catch(() => undefined)
  }
  response.once('close', onClose)
  try {
    const job = await jobs.ended(id, AbortSignal.any([hungUp.signal, AbortSignal.timeout(timeout)]))
    if (job === null) return null
    const { status } = job
    if (status.state === 'succeeded') return status.result
    if (status.state === 'failed') throw ZkserveError.fromJSON(status.error)
    if (status.state === 'expired')
      throw new ZkserveError('EXPIRED', 'the deadline passed before the proof was made')
    throw new ZkserveError('CANCELLED', 'the proof was cancelled')
  } finally {
    response.off('close', onClose)
  }
}
