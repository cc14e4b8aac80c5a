const [second, minute, hour] = [1000, 60_000, 3_600_000]

/**
 * ms from each failed attempt to the next: 75 hours in all, as the Standard Webhooks specification proposes.
 */
const delays = [
  ...[5 * second, 5 * minute, 30 * minute],
  ...[2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour],
]

/** Attempts before a delivery is given up. */
export const maxAttempts = delays.length + 1

/** ms for which a webhook may fail before it is disabled: less than the attempts at one message take. */
export const failureLimit = 72 * hour

/** Longest wait that a receiver can ask for, in ms: longer ones would outlive the schedule. */
const longestWait = 24 * hour
/** Longest time for which a receiver's wish holds up its other messages, in ms. */
const longestPause = hour

/**
 * ms until the next attempt, up to a fifth more than the schedule has it, so that what failed together does not come
 * again together.
 * @param attempt number of the failed attempt, from 1
 * @param wished ms that the receiver asked for by Retry-After, or null
 * @param random in [0, 1)
 * @returns null where there is no next attempt
 */
export function retryDelay(attempt: number, wished: number | null, random = Math.random()): number | null {
  const delay = delays[attempt - 1]
  if (delay === undefined) return null
  return Math.round(Math.max(delay, Math.min(wished ?? 0, longestWait)) * (1 + random / 5))
}

/** ms for which a webhook gets no messages at all after this answer: where the receiver is overloaded. */
export function pauseAfter(status: number | null, wished: number | null): number {
  const overloaded = status === null || status === 429 || (status >= 502 && status <= 504)
  return overloaded ? Math.min(Math.max(wished ?? 0, 5 * second), longestPause) : 0
}

/** ms of a Retry-After header, in seconds or as a date (RFC 9110, section 10.2.3); null where it is neither. */
export function readRetryAfter(text: string | undefined, now: number): number | null {
  if (text === undefined) return null
  if (/^\d{1,9}$/.test(text)) return Number(text) * second
  const date = Date.parse(text)
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}
