import { parseEther } from 'viem'
import { expect, test } from 'vitest'
import { runProverRace } from '#scripts/examples/prover-race/run.js'

test('a staked prover is paid and rewarded, a miss costs its bond', { timeout: 180_000 }, async () => {
  const { credits, reputations, refusals } = await runProverRace(() => undefined)
  expect(credits).toEqual([parseEther('2.2'), 0n, parseEther('1')])
  expect(reputations).toEqual([
    [1, 0],
    [0, 1],
  ])
  expect(refusals).toEqual([
    'NotAnswerable',
    'NotTakeable',
    'NotAnswerable',
    'StakeTooLow',
    'NotAnswerable',
    'NotAnswerable',
    'StillUnbonding',
    'NothingDue',
  ])
})
