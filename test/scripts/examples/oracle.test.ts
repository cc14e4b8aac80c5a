import { parseEther } from 'viem'
import { expect, test } from 'vitest'
import { runOracle } from '#scripts/examples/oracle/run.js'
import { isRelease } from '../../support/release.js'

test.runIf(isRelease)(
  'a watcher that is killed twice answers once, and a copier earns nothing',
  {
    timeout: 300_000,
  },
  async () => {
    const said: string[] = []
    const { drought, goodYear, answers, credits } = await runOracle((line) => void said.push(line))
    expect([drought, goodYear]).toEqual(['paid', 'declined'])
    expect(answers).toEqual([1, 1, 0])
    expect(credits).toEqual({ watcher: parseEther('0.02'), copier: 0n, refunded: 1000n })
    expect(said.join('\n')).toMatch(/refund/)
  },
)
