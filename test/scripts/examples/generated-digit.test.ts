import { expect, test } from 'vitest'
import { runGeneratedDigit } from '#scripts/examples/generated-digit/run.js'
import { isRelease } from '../../support/release.js'

test.runIf(isRelease)(
  'two pictures become tokens of their prover, and forgeries nobody’s',
  { timeout: 180_000 },
  async () => {
    const said: string[] = []
    const { tokens, refusals } = await runGeneratedDigit((line) => said.push(line))
    expect(new Set(tokens.map(({ prompt }) => prompt)).size).toBe(2)
    expect(new Set(tokens.map(({ owner }) => owner)).size).toBe(1)
    expect(refusals.map(({ reason }) => reason)).toEqual([
      'InvalidProof',
      'PromptMalformed',
      'ClaimMissing',
      'ClaimTooYoung',
      'PromptTaken',
    ])
    expect(said.join('\n')).toMatch(/@/)
  },
)
