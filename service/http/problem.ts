import { type ErrorCode, errorTable } from '#circuits/error-table.js'
import { type SerialisedError, ZkserveError } from '#circuits/errors.js'
import type { Problem } from '#service/http/schemas/problem.js'

export const problemType = 'application/problem+json'

/** Said of what stands behind the service, in whose words there may be addresses and names. */
const behind: readonly ErrorCode[] = ['DATABASE_UNAVAILABLE', 'STORE_UNAVAILABLE', 'PAYMENTS_UNAVAILABLE']

/**
 * An error as an RFC 9457 problem. What went wrong inside (status 500) or behind is for the log alone: its reader
 * gets the code and the request's id.
 */
export function toProblem(error: SerialisedError, requestId: string): Problem {
  const { code } = error
  const { status, summary } = errorTable[code]
  const inside = status === 500 || behind.includes(code)
  const detail = inside ? summary : error.message
  return {
    type: `/errors/${code}`,
    title: summary,
    status,
    detail,
    instance: `urn:uuid:${requestId}`,
    error: detail,
    code,
    hints: [...error.hints],
    details: inside ? {} : { ...error.details },
    requestId,
  }
}

/** Seconds after which a request may come again that was refused by something that nobody can foresee the end of. */
const someTime = 5

/** Whole seconds after which a refused request may come again: said by the error, or some for every 429 and 503. */
export function retryAfterOf({ code, details }: Pick<SerialisedError, 'code' | 'details'>): number | null {
  if (typeof details.retryAfter === 'number') return Math.max(1, Math.ceil(details.retryAfter))
  const { status } = errorTable[code]
  return status === 429 || status === 503 ? someTime : null
}

interface FrameworkError {
  readonly statusCode?: number
  readonly code?: string
  readonly message: string
  readonly validation?: readonly { readonly instancePath: string; readonly message?: string }[]
  readonly validationContext?: string
}

/** What Fastify throws for a request that it refuses, as ours; anything else stays what it is. */
export function fromFramework(error: unknown): unknown {
  if (error instanceof ZkserveError || !(error instanceof Error)) return error
  const { statusCode = 500, validation, validationContext, message } = error as FrameworkError
  const [first] = validation ?? []
  if (first !== undefined) {
    const where = `${validationContext ?? 'body'}${first.instancePath.replaceAll('/', '.')}`
    return new ZkserveError('INVALID_REQUEST', `${where} ${first.message ?? 'does not fit the schema'}`)
  }
  if (statusCode === 413) return new ZkserveError('BODY_TOO_LARGE', 'the request body is too large')
  if (statusCode === 415) {
    return new ZkserveError('UNSUPPORTED_MEDIA_TYPE', 'the request body is not application/json')
  }
  if (statusCode === 404) return new ZkserveError('ROUTE_NOT_FOUND', 'there is no such route')
  if (statusCode >= 400 && statusCode < 500) return new ZkserveError('INVALID_REQUEST', message)
  return error
}
