import { expect, test } from 'vitest'
import { runGovernance } from '#scripts/examples/governance/run.js'
import { isRelease } from '../../support/release.js'

test.runIf(isRelease)(
  'a vote over proven evaluations changes the version, and guardians take it back',
  {
    timeout: 180_000,
  },
  async () => {
    const lines: string[] = []
    const result = await runGovernance((line) => void lines.push(line))
    const [coarse, fine, spoiled] = result.correct
    expect(fine).toBeGreaterThanOrEqual(coarse)
    expect(spoiled).toBeLessThan(coarse)
    expect(result.followed).toEqual([1, 2, 3])
    expect(result.refusals).toEqual([
      'NotModelOwner',
      'NotEvaluated',
      'NotGoodEnough',
      'TimelockUnexpectedOperationState',
      'GovernorUnexpectedProposalState',
      'NotMember',
    ])
    expect(lines.at(-1)).toMatch(/deprecate/)
  },
)
