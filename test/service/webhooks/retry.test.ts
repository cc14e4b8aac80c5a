import { expect, test } from 'vitest'
import { maxAttempts, pauseAfter, readRetryAfter, retryDelay } from '#service/webhooks/retry.js'

const hour = 3_600_000

test('attempts follow the schedule of the specification, with up to a fifth of jitter', () => {
  const delays = Array.from({ length: maxAttempts - 1 }, (_, index) => retryDelay(index + 1, null, 0)!)
  expect(delays.map((delay) => delay / 1000)).toEqual([
    5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400,
  ])
  // The specification's last attempt is 75:35:05 after the first.
  expect(delays.reduce((sum, delay) => sum + delay)).toBe(((75 * 60 + 35) * 60 + 5) * 1000)
  expect(retryDelay(1, null, 0.5)).toBe(5500)
  expect(retryDelay(maxAttempts, null)).toBeNull()
  expect(retryDelay(maxAttempts, 1000)).toBeNull()
})

test('receivers may ask for more time, within a day, and never for less', () => {
  expect(retryDelay(1, 60_000, 0)).toBe(60_000)
  expect(retryDelay(4, 60_000, 0)).toBe(2 * hour)
  expect(retryDelay(1, 1000 * hour, 0)).toBe(24 * hour)
})

test('a receiver that is overloaded, or does not answer, gets nothing for a while', () => {
  for (const status of [429, 502, 503, 504, null]) expect(pauseAfter(status, null)).toBe(5000)
  expect(pauseAfter(503, 60_000)).toBe(60_000)
  expect(pauseAfter(503, 100 * hour)).toBe(hour)
  for (const status of [200, 301, 404, 410, 500, 501]) expect(pauseAfter(status, 60_000)).toBe(0)
})

test('Retry-After is in seconds or a date', () => {
  const now = Date.parse('2025-11-21T00:00:00Z')
  expect(readRetryAfter('120', now)).toBe(120_000)
  expect(readRetryAfter('Fri, 21 Nov 2025 00:01:00 GMT', now)).toBe(60_000)
  expect(readRetryAfter('Fri, 21 Nov 2024 00:01:00 GMT', now)).toBe(0)
  for (const text of [undefined, '', 'soon', '-5', '1e9', '99999999999']) {
    expect(readRetryAfter(text, now) ?? 0).toBe(0)
  }
})
