import { toZkserveError, type ZkserveError } from '#circuits/errors.js'
import type { JobClaims } from '#service/jobs/job-claims.js'

/**
 * Sweeps three times in a lease. Every process does so, whatever its role: deadlines hold where no worker is left too.
 * @returns ends it, after a sweep that is under way
 */
export function sweepOften<Task, Result>(
  claims: JobClaims<Task, Result>,
  onError: (error: ZkserveError) => void,
): () => Promise<void> {
  let sweeping: Promise<void> | null = null
  const sweep = (): void => {
    sweeping ??= claims
      .sweep()
      .catch((error) => onError(toZkserveError(error)))
      .finally(() => {
        sweeping = null
      })
  }
  const timer = setInterval(sweep, claims.lease / 3)
  return async () => {
    clearInterval(timer)
    await sweeping
  }
}
