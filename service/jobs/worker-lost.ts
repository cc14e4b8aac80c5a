import { type SerialisedError, ZkserveError } from '#circuits/errors.js'
import { attempts } from '#service/jobs/job-queue.js'

/** The error of a job whose workers died one after another. */
export function workerLost(): SerialisedError {
  const message = `${attempts} workers were lost while they made this proof`
  return new ZkserveError('WORKER_LOST', message).toJSON()
}
