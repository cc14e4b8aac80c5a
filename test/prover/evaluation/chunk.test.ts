import { expect, test } from 'vitest'
import { evaluationOf } from '#circuits/qmodel/evaluation.js'
import { chunkOfWords, chunkWords } from '#prover/evaluation/chunk.js'
import { tinyModel } from '../../support/circuit/tiny-model.js'

const evaluation = evaluationOf(
  tinyModel({
    name: 'argMax',
    input: { shape: [1, 30], bits: 5, lo: -4 },
    steps: [{ shape: [1], layer: { kind: 'argMax', input: 0, selectLast: false } }],
  }),
  4,
)
const integers = [
  Float64Array.from({ length: 120 }, (_, i) => (i % 32) - 4),
  Float64Array.from([3, 0, 29, 1]),
] as const
const words = chunkWords(evaluation, integers)

test('the words of a chunk give its rows and labels', () => {
  expect(words.length).toBeGreaterThan(3)
  expect(chunkOfWords(evaluation, words)).toEqual(integers)
})

test.each([
  ['one missing', words.slice(1)],
  ['one more', [...words, 0n]],
  ['a bit beyond the lanes', [...words.slice(0, -1), words.at(-1)! + (1n << 252n)]],
])('words that no proof takes are refused: %s', (_, wrong) => {
  expect(() => chunkOfWords(evaluation, wrong)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
})
