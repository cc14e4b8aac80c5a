import { expect, test } from 'vitest'
import { runAccess } from '#scripts/examples/access/run.js'
import { isRelease } from '../../support/release.js'

test.runIf(isRelease)(
  'a bought grant opens a model that stands on a granted dataset, all else is refused',
  {
    timeout: 180_000,
  },
  async () => {
    const lines: string[] = []
    expect(await runAccess((line) => void lines.push(line))).toEqual([
      'ACCESS_DENIED',
      'ACCESS_DENIED',
      'ACCESS_SIGNATURE_REQUIRED',
      'ACCESS_REPLAYED',
      'ACCESS_SIGNATURE_INVALID',
      'ACCESS_SIGNATURE_INVALID',
      'ACCESS_SIGNATURE_INVALID',
      'ACCESS_DENIED',
      'ACCESS_DENIED',
      'ACCESS_DENIED',
      'ACCESS_DENIED',
    ])
    expect(lines.join('\n')).toMatch(/accepted on chain/)
  },
)
