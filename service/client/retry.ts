import { ZkserveClientError } from '#service/client/client-error.js'

/** Refusals that took nothing on: the same request may come again. */
const passing: ReadonlySet<string> = new Set([
  ...[
    'QUEUE_FULL',
    'RATE_LIMITED',
    'TOO_MANY_STREAMS',
    'DATABASE_UNAVAILABLE',
    'STORE_UNAVAILABLE',
    'NO_ABLE_WORKER',
    'PAYMENTS_UNAVAILABLE',
  ],
])
/** Answers of what stands between, which say nothing of the request. */
const gateways: ReadonlySet<number> = new Set([502, 503, 504])
/** ms before the second attempt; each later one waits about twice as long. */
const first = 250
/** ms that any attempt waits at most, whatever Retry-After asks for. */
const longest = 60_000

/**
 * How long to wait before a request is sent again, in ms; null where it must not be, or not so late.
 * @param attempt number of the attempt that failed, from 1
 * @param repeatable whether the request may have been done already: reading, or one with an Idempotency-Key
 */
export function retryDelay(error: ZkserveClientError, attempt: number, repeatable: boolean): number | null {
  const refused = passing.has(error.code)
  const unknown =
    error.code === 'NETWORK' ||
    error.code === 'NO_ANSWER' ||
    (error.code === 'UNEXPECTED_REPLY' && gateways.has(error.status))
  if (!refused && !(unknown && repeatable)) return null
  const { retryAfter } = error.details
  const asked = typeof retryAfter === 'number' ? retryAfter * 1000 : 0
  if (asked > longest) return null
  const backoff = Math.min(longest, first * 2 ** (attempt - 1))
  // Clients that were refused together must not come back together.
  return Math.max(asked, backoff * (0.5 + Math.random() / 2))
}

/** Waits. @throws ZkserveClientError `ABORTED` */
export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer)
      reject(new ZkserveClientError('ABORTED', 'the request was given up'))
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, milliseconds)
    signal?.addEventListener('abort', abort, { once: true })
    if (signal?.aborted) abort()
  })
}
