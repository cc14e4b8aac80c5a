import { ZkserveError } from '#circuits/errors.js'
import { readFlags } from '#scripts/read-flags.js'

export interface SoakOptions {
  /** ms. */
  readonly time: number
  /** ms at the start that the slope leaves out: keys are loaded, caches fill. */
  readonly settle: number
  /** Requests per second of each kind. */
  readonly rate: number
  /** Project model or directory of a bundle. */
  readonly model: string
  /** MB per hour that a process may grow. */
  readonly limit: number
}

export const usage = `Usage: npm run soak -- [options]
  --minutes N   how long (default 60); the first fifth is left out of the slopes
  --rate N      requests per second: proofs, and as many answers alone (default 3)
  --model NAME  project model or directory of a bundle (default digits-cnn)
  --limit N     MB per hour that a process may grow (default 100)`

const flags = {
  minutes: { type: 'string', default: '60' },
  rate: { type: 'string', default: '3' },
  model: { type: 'string', default: 'digits-cnn' },
  limit: { type: 'string', default: '100' },
} as const

/** @throws ZkserveError `USAGE` */
export function parseSoakOptions(args: readonly string[]): SoakOptions {
  const { minutes, rate, model, limit } = readFlags(args, flags, usage).values
  const time = 60_000 * positive(minutes, '--minutes')
  return {
    ...{ time, settle: time / 5, model },
    rate: positive(rate, '--rate'),
    limit: positive(limit, '--limit'),
  }
}

function positive(text: string, flag: string): number {
  const value = Number(text)
  if (value > 0 && value <= 10_000) return value
  throw new ZkserveError('USAGE', `wrong ${flag}: expected a number above 0, got "${text}"`, {
    hints: [usage],
  })
}
