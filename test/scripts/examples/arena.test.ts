import { expect, test } from 'vitest'
import { runArena } from '#scripts/examples/arena/run.js'
import { isRelease } from '../../support/release.js'

test.runIf(isRelease)('the best proven count wins, and whoever claims more is refused', async () => {
  const lines: string[] = []
  const { ranking, won, refusals } = await runArena((line) => void lines.push(line))
  expect(ranking).toHaveLength(2)
  expect(ranking[0]![1]).toBeGreaterThanOrEqual(ranking[1]![1])
  expect(won).toBeGreaterThan(7n * 10n ** 18n)
  expect(refusals).toEqual([
    'EntryRefused',
    'ChunkMismatch',
    'CountNotProven',
    'CountNotProven',
    'LinkInvalid',
    'NotScorable',
    'NotScorable',
    'NotEndable',
    'NothingToWithdraw',
  ])
  expect(lines.at(-1)).toMatch(/withdraw/)
})
