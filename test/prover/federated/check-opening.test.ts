import { expect, test } from 'vitest'
import { emitRound } from '#circuits/federated/emit.js'
import type { RoundRules } from '#circuits/federated/rules.js'
import { scalarModulus } from '#prover/curve/bn254.js'
import { checkOpening } from '#prover/federated/check-opening.js'
import { commitUpdate, openingOf } from '#prover/federated/commitments.js'

const rules: RoundRules = { members: 3, size: 20, updateBits: 15, clipBits: 8, weightBits: 20 }
const good = openingOf(rules, Array<number>(20).fill(-7), 5n)
const base = 9n

test('an opening is good, malformed, of something else, or none at all', async () => {
  const malformed = { ...good, words: [good.words[0]!, good.words[1]! + (1n << 60n)] }
  const commitment = await commitUpdate(rules, 1, base, good)
  const ofMalformed = await commitUpdate(rules, 1, base, malformed)
  expect(await checkOpening(rules, 1, base, good, commitment)).toBe('good')
  expect(await checkOpening(rules, 1, base, malformed, ofMalformed)).toBe('malformed')
  expect(await checkOpening(rules, 1, base, malformed, commitment)).toBe('mismatch')
  expect(await checkOpening(rules, 2, base, good, commitment)).toBe('mismatch')
  expect(await checkOpening(rules, 1, base + 1n, good, commitment)).toBe('mismatch')
  for (const words of [
    [good.words[0]!],
    [...good.words, 0n],
    [good.words[0]! + scalarModulus, good.words[1]!],
  ]) {
    expect(await checkOpening(rules, 1, base, { ...good, words }, commitment)).toBe('unreadable')
  }
})

test.each<Partial<RoundRules>>([
  { members: 0 },
  { members: 11 },
  { size: 0 },
  { updateBits: 9 },
  { clipBits: 0 },
  { weightBits: 10 },
  { weightBits: 41 },
])('rules whose circuit would not be sound are refused: %o', (change) => {
  expect(() => emitRound({ ...rules, ...change })).toThrow(/^wrong \w+: expected/)
})
