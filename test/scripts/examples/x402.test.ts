import { expect, test } from 'vitest'
import { runPaidExample } from '#scripts/examples/x402/run.js'
import { isRelease } from '../../support/release.js'

test.runIf(isRelease)(
  'an agent pays for what is proven, and attacks are refused and not charged',
  {
    timeout: 180_000,
  },
  async () => {
    const lines: string[] = []
    const { earned, answers, refusals } = await runPaidExample((text) => void lines.push(text))
    expect(answers).toBe(4)
    expect(earned).toBeGreaterThan(4n * 10_000n)
    expect(refusals).toEqual([
      ...['PAYMENT_INVALID', 'PAYMENT_INVALID', 'PAYMENT_INVALID', 'PAYMENT_INVALID'],
      ...['PAYMENT_REPLAYED', 'CANCELLED', 'PAYMENT_FAILED', 'PAYMENT_RELEASED', 'PAYMENT_REFUSED'],
    ])
    expect(lines.join('\n')).toMatch(/gas, paid by the facilitator/)
  },
)
