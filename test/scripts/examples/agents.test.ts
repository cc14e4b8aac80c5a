import { expect, test } from 'vitest'
import { runAgents } from '#scripts/examples/agents/run.js'
import { isRelease } from '../../support/release.js'

test.runIf(isRelease)(
  'a buyer agent finds, pays and uses a seller agent, and a cheat earns nothing',
  {
    timeout: 180_000,
  },
  async () => {
    const lines: string[] = []
    const market = await runAgents((line) => void lines.push(line))
    expect(market.answers.map(({ hedged }) => hedged)).toEqual([true, false])
    expect(market.asked).toBeCloseTo(market.answers[0]!.probability)
    expect(market).toMatchObject({ sellerEarned: 4_000_000n, cheatEarned: 0n, buyerSpent: 14_000_000n })
    expect(market.refusals).toEqual([
      'INVALID_AGENT',
      'INVALID_AGENT',
      'BUDGET_EXCEEDED',
      'BUDGET_EXCEEDED',
      'JOB_REFUSED',
      'InvalidProof',
      'TermsDiffer',
      'TermsDiffer',
      'TermsDiffer',
      'NotRejectable',
      'DeliveryLate',
      'StatusWrong',
    ])
    expect(lines.join('\n')).toMatch(/The client has its escrow back/)
  },
)
