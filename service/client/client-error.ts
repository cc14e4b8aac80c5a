import type { ErrorCode } from '#circuits/error-table.js'

/** What the service answers has a code of its table; the rest happens on the way. */
export type ClientErrorCode =
  | ErrorCode
  | 'NETWORK'
  | 'NO_ANSWER'
  | 'ABORTED'
  | 'UNEXPECTED_REPLY'
  | 'PAYMENT_REFUSED'

export interface ClientErrorOptions {
  readonly status?: number
  readonly hints?: readonly string[]
  readonly details?: Readonly<Record<string, unknown>>
  readonly requestId?: string | null
  readonly cause?: unknown
}

/**
 * The one error of the client. `NO_ANSWER`: not in time; `ABORTED`: by the caller's signal; `PAYMENT_REFUSED`: the
 * service asks for more than the caller allows, or for something else, and nothing was signed.
 */
export class ZkserveClientError extends Error {
  override readonly name = 'ZkserveClientError'
  readonly code: ClientErrorCode
  /** HTTP status; 0 where there was no answer. */
  readonly status: number
  readonly hints: readonly string[]
  readonly details: Readonly<Record<string, unknown>>
  /** Names the request in the service's log. */
  readonly requestId: string | null

  constructor(code: ClientErrorCode, message: string, options: ClientErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.status = options.status ?? 0
    this.hints = options.hints ?? []
    this.details = options.details ?? {}
    this.requestId = options.requestId ?? null
  }
}

/** A problem document (RFC 9457) as an error. */
export function fromProblem(status: number, body: unknown): ZkserveClientError {
  const problem = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  const { code, detail, hints, details, requestId, accepts, resource } = problem
  if (typeof code !== 'string') {
    return new ZkserveClientError(
      'UNEXPECTED_REPLY',
      `the reply has status ${status} and is no problem document`,
      {
        status,
      },
    )
  }
  return new ZkserveClientError(code as ErrorCode, typeof detail === 'string' ? detail : code, {
    status,
    hints: Array.isArray(hints) ? hints.map(String) : [],
    details: {
      ...(typeof details === 'object' && details !== null ? (details as Record<string, unknown>) : {}),
      // How to pay, where that is what is wrong.
      ...(accepts === undefined ? {} : { accepts, resource }),
    },
    requestId: typeof requestId === 'string' ? requestId : null,
  })
}
