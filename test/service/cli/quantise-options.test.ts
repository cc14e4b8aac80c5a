import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { normalisationOf, type QuantiseFlags, quantiseSettings } from '#service/builds/quantise-settings.js'
import { quantiseOptions } from '#service/cli/options.js'
import { expectError } from '../../support/expect-error.js'

function settings(...argv: string[]) {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {}, outputError: () => {} })
  for (const option of quantiseOptions) command.addOption(option)
  command.parse(argv, { from: 'user' })
  return quantiseSettings(command.opts<QuantiseFlags>())
}

describe('options of quantising', () => {
  test('have defaults that compare methods and correct biases', () => {
    expect(settings()).toEqual({
      ...{ bits: 8, output: 'logits', calibrationMethod: 'auto', correctBias: true, minAgreement: 0.9 },
      normalisation: null,
    })
  })

  test('take outputs with a parameter', () => {
    expect(settings('--output', 'topk:3').output).toBe('topk:3')
    expect(settings('--output', 'threshold:-0.5').output).toBe('threshold:-0.5')
  })

  test('make bytes an exact grid, divided by 255 before the rest', () => {
    expect(settings('--uint8', '--normalise', '0.1307,0.3081')).toMatchObject({
      inputGrid: { scale: 1, low: 0, bits: 8 },
      normalisation: { factor: 1 / 255, mean: [0.1307], deviation: [0.3081] },
    })
    expect(normalisationOf({ uint8: true })).toEqual({ factor: 1 / 255, mean: [0], deviation: [1] })
  })

  test('take means and deviations by channel, also as fractions', () => {
    expect(settings('--normalise', '1/2,3/4,1,2').normalisation).toEqual({
      factor: 1,
      mean: [0.5, 0.75],
      deviation: [1, 2],
    })
  })

  test('give inputs a range and a width of their own', () => {
    const { inputGrid } = settings('--input-range', '-1,1', '--input-bits', '4')
    expect(inputGrid).toEqual({ scale: 2 / 15, low: -7, bits: 4 })
    expect(settings('--input-bits', '5').inputBits).toBe(5)
  })

  test.each([
    ['--output', 'topk:0'],
    ['--output', 'topk:1.5'],
    ['--output', 'threshold:'],
    ['--output', 'threshold:x'],
    ['--output', 'labels'],
    ['--normalise', '1'],
    ['--normalise', '0,0'],
    ['--normalise', '0,1/0'],
    ['--input-range', '2,1'],
    ['--min-agreement', '1.1'],
    ['--target-agreement', ''],
    ['--calibration-method', 'entropy'],
    ['--input-bits', '3'],
  ])('refuse %s %s', (flag, value) => {
    expect(() => settings(flag, value)).toThrow(
      expect.objectContaining({ code: 'commander.invalidArgument' }),
    )
  })

  test('refuse bytes with another range', () => {
    expectError('USAGE', () => settings('--uint8', '--input-bits', '6'))
  })
})
