import { expect, test } from 'vitest'
import { parseProverBenchOptions } from '#scripts/bench/prover/options.js'
import { expectError } from '../../../support/expect-error.js'

test('options have defaults', () => {
  expect(parseProverBenchOptions([])).toMatchObject({
    sizes: [12, 14, 16],
    models: [],
    given: [],
    backends: expect.arrayContaining(['snarkjs', 'ifma']),
    threads: [1, 2],
    rounds: 3,
    snarkjsUpTo: 18,
    keys: null,
  })
})

test('sizes are ranges and lists', () => {
  const sizes = (text: string) => parseProverBenchOptions(['--sizes', text]).sizes
  expect(sizes('12..15')).toEqual([12, 13, 14, 15])
  expect(sizes('10,14..16')).toEqual([10, 14, 15, 16])
})

test('who names a model or a bundle wants no synthetic circuits', () => {
  expect(parseProverBenchOptions(['--models', 'mnist-mlp,digits-cnn'])).toMatchObject({
    models: ['mnist-mlp', 'digits-cnn'],
    sizes: [],
  })
  const given = parseProverBenchOptions(['bundle', 'a.zkey:a.wtns', '--sizes', '12'])
  expect(given).toMatchObject({ given: ['bundle', 'a.zkey:a.wtns'], sizes: [12] })
})

test.each([
  [['--sizes', '16..12'], /--sizes/],
  [['--sizes', 'large'], /--sizes/],
  [['--sizes', '40'], /--sizes/],
  [['--rounds', '0'], /--rounds/],
  [['--threads', '1,zero'], /--threads/],
  [['--backends', 'gpu'], /gpu/],
  [['--colour'], /colour/],
])('%j is refused', (args, message) => {
  expectError('USAGE', () => parseProverBenchOptions(args), message)
})
