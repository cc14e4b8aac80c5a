import { parseEther } from 'viem'
import { expect, test } from 'vitest'
import { runFederated } from '#scripts/examples/federated/run.js'
import { isRelease } from '../../support/release.js'

test.runIf(isRelease)(
  'proven rounds learn, clipping bounds an attacker, and misconduct is dropped, slashed or refused',
  {
    timeout: 300_000,
  },
  async () => {
    const lines: string[] = []
    const outcome = await runFederated((line) => void lines.push(line))
    const { proven, unclipped, central } = outcome.accuracies.at(-1)!
    expect(proven).toBeGreaterThan(0.85)
    expect(central).toBeGreaterThanOrEqual(proven)
    expect(unclipped).toBeLessThan(0.5)
    expect(outcome.accuracies[0]!.proven).toBe(outcome.accuracies[0]!.honest)
    expect(outcome.refusals).toEqual([
      'NotMember',
      'AlreadyCommitted',
      'StakeLocked',
      'InvalidProof',
      'InvalidProof',
      'InvalidProof',
      'NothingToReport',
      'OpeningNotCanonical',
      'OpeningMismatch',
      'AlreadyReady',
    ])
    expect(outcome.last).toBe('forfeited')
    expect(outcome.stakes).toEqual([1, 1, 1, 1, 0].map((ether) => parseEther(`${ether}`)))
  },
)
