import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ZkserveError } from '#circuits/errors.js'
import { commitTestSet } from '#service/chain/test-set.js'

const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, k) => ({ input: [1000n + BigInt(k)], label: k % 2 }))

test('a test set is what the contract tests have', () => {
  const fixture = JSON.parse(
    readFileSync(
      new URL('../../../verifier-contracts/test/fixtures/governance.json', import.meta.url),
      'utf8',
    ),
  )
  const set = commitTestSet(rowsOf(8), 2)
  expect(set.id).toBe(fixture.testSet.id)
  expect(set.pathOf(5)).toEqual(fixture.testSet.members[5].path)
})

test.each([
  [1, 0],
  [2, 1],
  [3, 2],
  [5, 3],
])('a tree over %i rows has paths of %i siblings', (rows, height) => {
  const set = commitTestSet(rowsOf(rows), 2)
  expect(set.pathOf(rows - 1)).toHaveLength(height)
  expect(set.terms).toMatchObject({ rows, inputSignals: 1, classes: 2 })
})

test('order and labels are part of it', () => {
  const rows = rowsOf(4)
  const { id } = commitTestSet(rows, 2)
  expect(commitTestSet([...rows].reverse(), 2).id).not.toBe(id)
  expect(commitTestSet(rows.with(0, { ...rows[0]!, label: 1 }), 2).id).not.toBe(id)
})

test('rows that no contract could count are refused', () => {
  const refused = (rows: Parameters<typeof commitTestSet>[0], classes = 2) =>
    expect(() => commitTestSet(rows, classes)).toThrow(ZkserveError)
  refused([])
  refused([{ input: [], label: 0 }])
  refused([
    { input: [1n], label: 0 },
    { input: [1n, 2n], label: 0 },
  ])
  refused([{ input: [1n], label: 2 }])
  refused([{ input: [1n], label: 0 }], 1)
})
