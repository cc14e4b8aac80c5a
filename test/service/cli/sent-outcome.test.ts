import { expect, test } from 'vitest'
import { timeText } from '#service/cli/sent-outcome.js'

test('times are dates, also where a contract keeps one that no calendar has', () => {
  expect(timeText(0)).toBe('1970-01-01T00:00:00Z')
  expect(timeText(1_900_000_000n)).toBe('2030-03-17T17:46:40Z')
  expect(timeText(8_640_000_000_000)).toBe('+275760-09-13T00:00:00Z')
  expect(timeText(2 ** 48 - 1)).toBe('second 281474976710655 since 1970')
})
