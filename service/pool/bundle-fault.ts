import type { ErrorCode } from '#circuits/error-table.js'
import { ZkserveError } from '#circuits/errors.js'

/** Said of files by those who read them; in a worker they are the bundle's. */
const saidOfFiles: readonly ErrorCode[] = [
  'BUNDLE_NOT_FOUND',
  'FILE_NOT_FOUND',
  'INVALID_CIRCUIT',
  'INVALID_KEY',
  'INVALID_QMODEL',
]

/** An error of a proof; where a file of the bundle is at fault, the request is not, and paths are for the log. */
export function bundleFault(error: ZkserveError, name: string): ZkserveError {
  if (!saidOfFiles.includes(error.code)) return error
  return new ZkserveError('BUNDLE_CORRUPT', `the bundle of "${name}" cannot be used: ${error.message}`, {
    cause: error,
  })
}
