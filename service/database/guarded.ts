import { ZkserveError } from '#circuits/errors.js'

/**
 * Does work with the database. Whatever its client throws means that the database did not do what it was asked.
 * @throws ZkserveError `DATABASE_UNAVAILABLE`, and those of the work
 */
export async function guarded<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof ZkserveError) throw cause
    const message = `the database failed: ${(cause as Error).message}`
    throw new ZkserveError('DATABASE_UNAVAILABLE', message, { cause, details: { retryAfter: 5 } })
  }
}
