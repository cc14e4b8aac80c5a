import { expect, test } from 'vitest'
import { packedInputs } from '#circuits/analyse/commitment.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import { packInputs } from '#prover/inference/pack-inputs.js'
import { unpackInputs } from '#prover/inference/unpack-inputs.js'

const input = (name: string, bits: number, count: number, low: number) => ({
  ...{ name, bits, shape: [1, count], tensor: name },
  ...{ lows: Float64Array.of(low), scales: Float64Array.of(0.0371) },
})
const model = { inputs: [input('a', 8, 40, -128), input('b', 16, 3, 0)] } as never

test('real inputs that are read off packed words quantise to the same words', () => {
  expect(packedInputs(model).map(({ words }) => words)).toEqual([2, 1])
  for (let round = 0; round < 50; round++) {
    const random = (count: number, most: number, low: number) =>
      Float64Array.from({ length: count }, (_, i) => ((i * 7919 + round * 104729) % (most + 1)) + low)
    const words = packInputs(model, [random(40, 255, -128), random(3, 65_535, 0)])
    const inputs = unpackInputs(model, words)!
    expect(packInputs(model, quantiseInputs(model, inputs).integers)).toEqual(words)
  }
})

test('words with too many bits, or of another number, are no input', () => {
  const words = packInputs(model, [new Float64Array(40), new Float64Array(3)])
  expect(unpackInputs(model, words)).not.toBeNull()
  expect(unpackInputs(model, words.slice(1))).toBeNull()
  expect(unpackInputs(model, [...words, 0n])).toBeNull()
  expect(unpackInputs(model, [words[0]! + (1n << 252n), ...words.slice(1)])).toBeNull()
  expect(unpackInputs(model, [words[0]!, words[1]!, 1n << 48n])).toBeNull()
})
