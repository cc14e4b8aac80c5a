import { parseEther } from 'viem'
import { expect, test } from 'vitest'
import { runCropInsurance } from '#scripts/examples/crop-insurance/run.js'
import { isRelease } from '../../support/release.js'

test.runIf(isRelease)(
  'a drought is paid by a real proof, a good year is not, and forgeries are refused',
  async () => {
    const lines: string[] = []
    const season = await runCropInsurance((line) => void lines.push(line))
    expect(season).toMatchObject({ drought: 'paid', goodYear: 'declined' })
    expect(season.paid).toBe(parseEther('5') - parseEther('2.4') + parseEther('20'))
    expect(season.refusals).toEqual([
      'NotAttested',
      'NotAttested',
      'NotHolder',
      'InvalidProof',
      'FulfilmentRefused',
      'FulfilmentRefused',
      'PolicyNotReady',
    ])
    expect(lines.at(-1)).toMatch(/leave the pool/)
  },
)
