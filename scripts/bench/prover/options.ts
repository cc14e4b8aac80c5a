import { join } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'
import { packageRoot } from '#circuits/paths.js'
import { type BackendName, backendNames } from '#scripts/bench/prover/contestants.js'
import { readFlags } from '#scripts/read-flags.js'

export interface ProverBenchOptions {
  /** Powers of two: domains of synthetic circuits. */
  readonly sizes: readonly number[]
  /** Names of models, built for the measurement. */
  readonly models: readonly string[]
  /** Bundles, or `KEY.zkey:WITNESS.wtns`. */
  readonly given: readonly string[]
  readonly backends: readonly BackendName[]
  /** Threads of one proof. */
  readonly threads: readonly number[]
  /** Proofs after the first, of which the medians are taken. */
  readonly rounds: number
  /** Largest power of two that snarkjs proves. */
  readonly snarkjsUpTo: number
  /** Folder where synthetic keys stay for the next run; null: a temporary one. */
  readonly keys: string | null
  /** File for all figures. */
  readonly json: string
}

export const proverBenchUsage = `Usage: npm run bench:prover -- [options] [BUNDLE | KEY.zkey:WITNESS.wtns]…
  --sizes 12..20 | 14,16   domains of synthetic circuits, as powers of two (default 12,14,16, or none where others are named)
  --models A,B             build and measure these models of the project
  --backends A,B           of ${backendNames.join(', ')} (default: all that run here)
  --threads 1,2            threads of one proof (default 1,2)
  --rounds N               proofs after the first (default 3)
  --snarkjs-up-to N        leave snarkjs out above 2^N (default 18)
  --keys FOLDER            keep synthetic keys there for the next run
  --json FILE              file for all figures (default .zkserve/bench-prover.json)`

const flags = {
  sizes: { type: 'string' },
  models: { type: 'string' },
  backends: { type: 'string' },
  threads: { type: 'string', default: '1,2' },
  rounds: { type: 'string', default: '3' },
  'snarkjs-up-to': { type: 'string', default: '18' },
  keys: { type: 'string' },
  json: { type: 'string' },
} as const

/** @throws ZkserveError `USAGE` */
export function parseProverBenchOptions(args: readonly string[]): ProverBenchOptions {
  const { values, positionals } = readFlags(args, flags, proverBenchUsage, true)
  const models = listOf(values.models)
  const isNamed = models.length > 0 || positionals.length > 0
  const sizes = values.sizes ?? (isNamed ? '' : '12,14,16')
  return {
    sizes: listOf(sizes).flatMap(sizesOf),
    models,
    given: positionals,
    backends: values.backends === undefined ? backendNames : listOf(values.backends).map(backendOf),
    threads: listOf(values.threads).map((text) => count('--threads', text, 1, 64)),
    rounds: count('--rounds', values.rounds, 1, 1000),
    snarkjsUpTo: count('--snarkjs-up-to', values['snarkjs-up-to'], 0, 27),
    keys: values.keys ?? null,
    json: values.json ?? join(packageRoot, '.zkserve', 'bench-prover.json'),
  }
}

/** `14` or `12..20` */
function sizesOf(text: string): number[] {
  const [first, last = first] = text.split('..')
  const [from, to] = [first!, last!].map((end) => count('--sizes', end, 6, 22))
  if (from! > to!) throw usageError(`wrong --sizes: "${text}" is empty`)
  return Array.from({ length: to! - from! + 1 }, (_, index) => from! + index)
}

function backendOf(text: string): BackendName {
  const name = backendNames.find((each) => each === text)
  if (name === undefined) throw usageError(`unknown back end "${text}"`)
  return name
}

function count(flag: string, text: string, lowest: number, highest: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= lowest && value <= highest) return value
  throw usageError(`wrong ${flag}: expected ${lowest}..${highest}, got "${text}"`)
}

function listOf(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(',').filter(Boolean)
}

function usageError(message: string): ZkserveError {
  return new ZkserveError('USAGE', message, { hints: [proverBenchUsage] })
}
