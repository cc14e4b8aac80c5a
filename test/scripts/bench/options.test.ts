import { expect, test } from 'vitest'
import { median } from '#scripts/bench/median.js'
import { parseBenchOptions } from '#scripts/bench/options.js'
import { benchSources } from '#scripts/bench/sources.js'

test('options have defaults', () => {
  const { runs, models, json, skipThirdParty } = parseBenchOptions([])
  expect({ runs, models, skipThirdParty }).toEqual({ runs: 5, models: undefined, skipThirdParty: false })
  expect(json).toMatch(/\.zkserve[/\\]bench\.json$/)
})

test.each([['--runs', '0'], ['--runs', 'many'], ['--colour'], ['mnist-mlp']])(
  '%s %s is refused',
  (...args) => {
    expect(() => parseBenchOptions(args)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  },
)

test("models are chosen by name; without third parties the project's own remain", () => {
  const names = (options: Parameters<typeof benchSources>[0]) => benchSources(options).map(({ name }) => name)
  expect(names({ skipThirdParty: true })).toEqual([
    'mnist-mlp',
    'digits-cnn',
    'mnist-lenet5',
    'mnist-mlp-x8',
    'mnist-mlp-committed',
    'mnist-lenet5-committed',
  ])
  expect(names({ models: ['digits-cnn', 'mnist-mlp'] })).toEqual(['digits-cnn', 'mnist-mlp'])
  expect(() => names({ models: ['no-such-net'] })).toThrow(expect.objectContaining({ code: 'USAGE' }))
})

test('the median is the middle value', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([10, 1, 2, 3])).toBe(2.5)
  expect(() => median([])).toThrow(RangeError)
})
