import { describe, expect, test } from 'vitest'
import {
  commitmentBlocks,
  commitmentCost,
  domainTag,
  packedInputs,
  packedWords,
  permutationCost,
} from '#circuits/analyse/commitment.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { everyLayer } from '../../support/every-layer.js'
import { qmodelOf } from '../../support/qmodel-builder.js'

/** Full and partial rounds of Poseidon over BN254 for states of 2 to 17 elements (circomlib). */
const partialRounds = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68]

test('a permutation costs three constraints per S-box', () => {
  partialRounds.forEach((partial, i) => {
    const state = i + 2
    expect(permutationCost(state - 1)).toBe(3 * (8 * state + partial))
  })
})

/** The least cost of absorbing `elements`, over all ways to part them into blocks of at most `largest`. */
function cheapest(elements: number, largest: number): number {
  if (elements === 0) return 0
  let least = Infinity
  for (let block = 1; block <= Math.min(largest, elements); block++) {
    least = Math.min(least, permutationCost(block) + cheapest(elements - block, block))
  }
  return least
}

test('blocks absorb all elements at the least cost of all partitions', () => {
  for (let elements = 1; elements <= 36; elements++) {
    const blocks = commitmentBlocks(elements)
    expect(blocks.reduce((sum, block) => sum + block, 0)).toBe(elements)
    expect(Math.max(...blocks)).toBeLessThanOrEqual(16)
    const cost = blocks.reduce((sum, block) => sum + permutationCost(block), 0)
    expect(cost).toBe(cheapest(elements, 16))
    expect(commitmentCost(elements)).toBe(cost + blocks.length - 3)
  }
})

test.each([
  [8, 784, 31, 26],
  [8, 31, 31, 1],
  [8, 32, 31, 2],
  [4, 63, 63, 1],
  [16, 64, 15, 5],
  [1, 254, 253, 2],
  [31, 9, 8, 2],
])('inputs of %i bits, %i of them, are packed %i to a word, into %i words', (bits, count, lanes, words) => {
  const model = qmodelOf(
    [{ shape: [1, count], bits, lo: 0 }],
    [{ kind: 'argMax', input: 0, shape: [1], selectLast: false }],
  )
  expect(packedInputs(model)).toEqual([{ bits, lanes, words, count }])
  expect(packedWords(model)).toBe(words)
  expect(lanes * bits).toBeLessThanOrEqual(253)
})

describe('the domain tag', () => {
  const input = everyLayer.inputs[0]!
  const changed = (changes: Partial<typeof input>): QModel => ({
    ...everyLayer,
    inputs: [{ ...input, ...changes }],
  })

  test('differs where the name, shape, width, lower end or scale of an input does', () => {
    const models = [
      everyLayer,
      changed({ name: 'x1' }),
      changed({ shape: [1, 32] }),
      changed({ shape: [1, 2, 16] }),
      changed({ bits: 5 }),
      changed({ lows: [-7] }),
      changed({ scales: [0.25 + 2 ** -50] }),
      { ...everyLayer, inputs: [input, { ...input, name: 'b' }] },
      { ...everyLayer, inputs: [{ ...input, name: 'b' }, input] },
    ]
    expect(new Set(models.map(domainTag)).size).toBe(models.length)
  })

  test('does not depend on anything else, and has 248 bits', () => {
    const other = { ...everyLayer, name: 'other', layers: [], outputs: [] }
    expect(domainTag(other)).toBe(domainTag(everyLayer))
    expect(domainTag(everyLayer) >> 248n).toBe(0n)
  })
})
