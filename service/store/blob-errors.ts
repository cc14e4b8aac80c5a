import { ZkserveError } from '#circuits/errors.js'

/** The store does not do what it is asked; may be asked again in `details.retryAfter` seconds. */
export function unavailable(place: string, cause: unknown): ZkserveError {
  if (cause instanceof ZkserveError) return cause
  const reason = (cause as Error).message || (cause as Error).name
  const message = `the store of bundles ${place} failed: ${reason.slice(0, 300)}`
  return new ZkserveError('STORE_UNAVAILABLE', message, { cause, details: { retryAfter: 5 } })
}

/** A blob is not what it should be. */
export function corruptBlob(place: string, name: string, what: string): ZkserveError {
  return new ZkserveError('BUNDLE_CORRUPT', `the store of bundles ${place} is damaged: ${name} ${what}`)
}

/** Refuses names that lead elsewhere: they become paths and keys. */
export function checkBlobName(name: string): string {
  if (/^[a-z]{1,20}\/[0-9a-z-]{1,128}$/.test(name)) return name
  throw new ZkserveError('BUNDLE_CORRUPT', `wrong name of a blob: ${JSON.stringify(name.slice(0, 200))}`)
}
