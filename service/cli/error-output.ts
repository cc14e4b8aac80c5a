import type { ErrorCode } from '#circuits/error-table.js'
import type { ZkserveError } from '#circuits/errors.js'
import { printableLine } from '#service/cli/printable.js'

/** Errors that answer the question with no. */
const falseCodes: readonly ErrorCode[] = ['BUNDLE_CORRUPT', 'PROOF_REJECTED', 'AUDIT_BROKEN']

/** The exit code of an error; see `runCli`. */
export function exitCodeOf({ code, status }: ZkserveError): number {
  if (falseCodes.includes(code)) return 1
  if (code === 'CANCELLED') return 130
  return status === 500 ? 70 : 2
}

/** An error for people. */
export function errorText({ code, message, hints }: ZkserveError): string {
  const lines = [`zkserve: ${code}: ${message}`, ...hints.map((hint) => `  ${hint}`), '']
  return lines.map(printableLine).join('\n')
}
