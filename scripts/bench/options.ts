import { join } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'
import { packageRoot } from '#circuits/paths.js'
import type { SourceOptions } from '#scripts/bench/sources.js'
import { readFlags } from '#scripts/read-flags.js'

export interface BenchOptions extends SourceOptions {
  /** Proofs after the first, of which the median is taken. */
  readonly runs: number
  /** File for all figures. */
  readonly json: string
}

export const usage = `Usage: npm run bench -- [options]
  --models A,B         measure these models only
  --runs N             proofs after the first (default 5)
  --json FILE          file for all figures (default .zkserve/bench.json)
  --skip-third-party   leave out the nets of ../shared/models/third-party`

const flags = {
  models: { type: 'string' },
  runs: { type: 'string', default: '5' },
  json: { type: 'string' },
  'skip-third-party': { type: 'boolean', default: false },
} as const

/** @throws ZkserveError `USAGE` */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const { models, runs, json, ...given } = readFlags(args, flags, usage).values
  const count = Number(runs)
  if (!Number.isInteger(count) || count < 1 || count > 1000) {
    throw new ZkserveError('USAGE', `wrong --runs: expected 1..1000, got "${runs}"`, { hints: [usage] })
  }
  return {
    runs: count,
    json: json ?? join(packageRoot, '.zkserve', 'bench.json'),
    skipThirdParty: given['skip-third-party'],
    ...(models === undefined ? {} : { models: models.split(',').filter(Boolean) }),
  }
}
