import type { ServerResponse } from 'node:http'
import { ZkserveError } from '#circuits/errors.js'
import type { Job, JobStatus } from '#service/jobs/job.js'
import type { Jobs } from '#service/jobs/jobs.js'

/**
 * The result of a job within `timeout` ms; null where it takes longer, or the service stops first. A client that
 * hangs up meanwhile has its job cancelled where nobody could find it any more.
 * @throws ZkserveError what the job failed with, `CANCELLED`, `EXPIRED`
 */
export async function awaitJob<Task, Subject, Result>(
  jobs: Jobs<Task, Subject, Result>,
  { tenant, id }: Pick<Job<Subject, Result>, 'tenant' | 'id'>,
  response: ServerResponse,
  { timeout, findable }: { readonly timeout: number; readonly findable: boolean },
): Promise<Result | null> {
  const hungUp = new AbortController()
  const onClose = (): void => {
    if (response.writableFinished) return
    hungUp.abort()
    if (!findable) void jobs.cancel(tenant, id).catch(() => undefined)
  }
  response.once('close', onClose)
  try {
    const job = await jobs.ended(tenant, id, AbortSignal.any([hungUp.signal, AbortSignal.timeout(timeout)]))
    return job === null ? null : resultOf(job.status)
  } finally {
    response.off('close', onClose)
  }
}

/** The result of a job, null while it has none. @throws ZkserveError what the job failed with, `CANCELLED`, `EXPIRED` */
export function resultOf<Result>(status: JobStatus<Result>): Result | null {
  if (status.state === 'succeeded') return status.result
  if (status.state === 'failed') throw ZkserveError.fromJSON(status.error)
  if (status.state === 'expired')
    throw new ZkserveError('EXPIRED', 'the deadline passed before the proof was made')
  if (status.state === 'cancelled') throw new ZkserveError('CANCELLED', 'the proof was cancelled')
  return null
}
