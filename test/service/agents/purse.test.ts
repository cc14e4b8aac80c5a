import { expect, test } from 'vitest'
import { Purse } from '#service/agents/purse.js'

test('a purse holds, spends and releases no more than its budget', () => {
  const purse = new Purse(10n)
  purse.hold(4n)
  purse.hold(6n)
  expect(() => purse.hold(1n)).toThrowError(expect.objectContaining({ code: 'BUDGET_EXCEEDED' }))
  purse.release(6n)
  purse.spend(4n)
  expect([purse.left, purse.held, purse.spent]).toEqual([6n, 0n, 4n])
  expect(() => purse.spend(1n)).toThrowError(expect.objectContaining({ code: 'INTERNAL' }))
  expect(() => purse.hold(-1n)).toThrowError(expect.objectContaining({ code: 'BUDGET_EXCEEDED' }))
  expect(() => purse.hold(7n)).toThrowError('7 is more than the 6 that are left')
})
