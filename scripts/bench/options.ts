import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ZkserveError } from '#circuits/errors.js'
import { packageRoot } from '#circuits/paths.js'
import type { SourceOptions } from '#scripts/bench/sources.js'

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

/** @throws ZkserveError `USAGE` */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const { models, runs, json, ...flags } = readFlags(args)
  const count = Number(runs)
  if (!Number.isInteger(count) || count < 1 || count > 1000) {
    throw new ZkserveError('USAGE', `wrong --runs: expected 1..1000, got "${runs}"`, { hints: [usage] })
  }
  return {
    runs: count,
    json: json ?? join(packageRoot, '.zkserve', 'bench.json'),
    skipThirdParty: flags['skip-third-party'],
    ...(models === undefined ? {} : { models: models.split(',').filter(Boolean) }),
  }
}

function readFlags(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        models: { type: 'string' },
        runs: { type: 'string', default: '5' },
        json: { type: 'string' },
        'skip-third-party': { type: 'boolean', default: false },
      },
    })
    return values
  } catch (cause) {
    throw new ZkserveError('USAGE', cause instanceof Error ? cause.message : 'wrong options', {
      cause,
      hints: [usage],
    })
  }
}
