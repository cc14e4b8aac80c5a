import { type SerialisedError, ZkserveError } from '#circuits/errors.js'
import { attempts } from '#service/jobs/claim.js'

/** The error of a job whose workers died one after another. */
export function workerLost(): SerialisedError {
  const message = `${attempts} workers were lost while they worked on this`
  return new ZkserveError('WORKER_LOST', message).toJSON()
}
