import { expect, test } from 'vitest'
import { runRiskRule } from '#scripts/examples/risk-rule/run.js'
import { isRelease } from '../../support/release.js'

test.runIf(isRelease)(
  'a proven model moves a vault within its limits, a crash stops it, depositors leave',
  {
    timeout: 180_000,
  },
  async () => {
    const { moves, refusals, isStopped, left } = await runRiskRule(() => undefined)
    expect(moves.map(({ into }) => into)).toEqual([true, true, true, true, true, false])
    expect(moves.map(({ strategy }) => strategy)).toEqual([0, 0, 0, 0, 0, 0])
    expect(refusals).toEqual([
      'InvalidProof',
      'StaleFeatures',
      'StaleRound',
      'TooEarly',
      'StaleRound',
      'NothingToMove',
      'ERC4626ExceededMaxDeposit',
    ])
    expect(isStopped).toBe(true)
    expect(left).toBeGreaterThan(500_000)
  },
)
