import { expect, test } from 'vitest'
import { ZkserveError } from '#circuits/errors.js'
import { quantile } from '#scripts/bench/service/open-loop.js'
import { parseServiceBenchOptions } from '#scripts/bench/service/options.js'
import { parseSoakOptions } from '#scripts/soak/options.js'
import { slopePerHour } from '#scripts/soak/slope.js'

test('the slope is that of the line through the samples', () => {
  const line = (slope: number) =>
    Array.from({ length: 50 }, (_, i) => ({ at: 2000 * i, value: 7 + slope * i }))
  expect(slopePerHour(line(3))).toBeCloseTo(3 * 1800)
  expect(slopePerHour(line(0))).toBeCloseTo(0)
  const noisy = line(-1).map(({ at, value }, i) => ({ at, value: value + (i % 2) }))
  expect(slopePerHour(noisy)).toBeCloseTo(-1800, -2)
  expect(slopePerHour([])).toBe(0)
})

test('quantiles are values that were measured', () => {
  expect([0, 0.5, 0.99, 1].map((share) => quantile([30, 10, 20, 40], share))).toEqual([10, 20, 40, 40])
  expect(() => quantile([], 0.5)).toThrow(RangeError)
})

test('wrong options are refused with the usage', () => {
  expect(parseSoakOptions(['--minutes', '10'])).toMatchObject({ time: 600_000, settle: 120_000, rate: 3 })
  expect(parseServiceBenchOptions(['--only', 'overload'])).toMatchObject({ parts: ['overload'], rate: 200 })
  const wrong = [
    () => parseSoakOptions(['--minutes', '0']),
    () => parseSoakOptions(['--hours', '1']),
    () => parseServiceBenchOptions(['--only', 'all']),
    () => parseServiceBenchOptions(['--proofs', '1.5']),
  ]
  for (const parse of wrong) {
    expect(parse).toThrow(ZkserveError)
    expect(parse).toThrow(
      expect.objectContaining({ code: 'USAGE', hints: [expect.stringMatching(/^Usage:/)] }),
    )
  }
})
