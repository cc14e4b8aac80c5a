import { toZkserveError, type ZkserveError } from '#circuits/errors.js'

/** What became of one comparison. */
export interface Check {
  /** What was looked at: `version`, `bundle`, a record's id, or a path. */
  readonly of: string
  readonly what: string
  readonly result: 'holds' | 'differs' | 'unchecked'
  /** What was found, one line. */
  readonly detail: string
}

/** Files that are wrong answer the question with no; anything else ends the check. */
export function differenceOf(
  thrown: unknown,
  codes: readonly ZkserveError['code'][],
  check: Pick<Check, 'of' | 'what'>,
): Check {
  const error = toZkserveError(thrown)
  if (!codes.includes(error.code)) throw error
  return { ...check, result: 'differs', detail: error.message }
}
