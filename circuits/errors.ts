import { type ErrorCode, errorTable } from '#circuits/error-table.js'

/** What a thrown error carries beside its code. */
export interface ZkserveErrorOptions {
  /** What to do next, one line each; defaults to the table's hint. */
  readonly hints?: readonly string[]
  /** Facts for machines: JSON values only, never secrets. */
  readonly details?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** The one error type of zkserve: a code of the error table, one line, and what to do next. */
export class ZkserveError extends Error {
  override readonly name = 'ZkserveError'
  readonly code: ErrorCode
  readonly hints: readonly string[]
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, options: ZkserveErrorOptions = {}) {
    super(
      message.replace(/\s*\n\s*/g, ' '),
      options.cause === undefined ? undefined : { cause: options.cause },
    )
    this.code = code
    this.hints = options.hints ?? [errorTable[code].hint]
    this.details = options.details ?? {}
  }

  /** The HTTP status of the code. */
  get status(): number {
    return errorTable[this.code].status
  }

  /** Plain data that crosses process and worker borders; see {@link ZkserveError.fromJSON}. */
  toJSON(): SerialisedError {
    return { code: this.code, message: this.message, hints: this.hints, details: this.details }
  }

  static fromJSON(error: SerialisedError): ZkserveError {
    return new ZkserveError(error.code, error.message, { hints: error.hints, details: error.details })
  }
}

/** A {@link ZkserveError} as JSON. */
export interface SerialisedError {
  readonly code: ErrorCode
  readonly message: string
  readonly hints: readonly string[]
  readonly details: Readonly<Record<string, unknown>>
}

/** Any thrown value as a {@link ZkserveError}; what zkserve did not throw itself becomes `INTERNAL`. */
export function toZkserveError(error: unknown): ZkserveError {
  if (error instanceof ZkserveError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new ZkserveError('INTERNAL', message, { cause: error })
}
