import { ZkserveError } from '#circuits/errors.js'

/**
 * Does work with the database. Whatever its client throws means that the database did not do what it was asked.
 * @throws ZkserveError `DATABASE_UNAVAILABLE`, `INVALID_REQUEST` for text with a NUL, and those of the work
 */
export async function guarded<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof ZkserveError) throw cause
    if (hasNul(cause)) throw new ZkserveError('INVALID_REQUEST', 'no text may hold the character NUL')
    const message = `the database failed: ${(cause as Error).message}`
    const options = { cause: withoutValues(cause), details: { retryAfter: 5 } }
    throw new ZkserveError('DATABASE_UNAVAILABLE', message, options)
  }
}

/** Errors are logged: what tells of a query's parameters or of a refused row's values is taken out of them. */
function withoutValues(cause: unknown): unknown {
  if (typeof cause !== 'object' || cause === null) return cause
  for (const member of ['params', 'detail', 'where', 'internalQuery']) Reflect.deleteProperty(cause, member)
  return cause
}

/** Postgres' text and JSON hold every character but this: it says so by character_not_in_repertoire or untranslatable. */
function hasNul(cause: unknown): boolean {
  return ['22021', '22P05'].includes((cause as { readonly code?: string } | null)?.code ?? '')
}
