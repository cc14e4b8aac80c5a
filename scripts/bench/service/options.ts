import { ZkserveError } from '#circuits/errors.js'
import { readFlags } from '#scripts/read-flags.js'

const parts = ['throughput', 'overhead', 'overload'] as const

export interface ServiceBenchOptions {
  readonly parts: readonly (typeof parts)[number][]
  /** Project model, or directory of a bundle, whose proofs are counted. */
  readonly model: string
  /** The one whose answers are timed. */
  readonly quick: string
  readonly proofs: number
  readonly rate: number
  /** ms of each round. */
  readonly time: number
}

export const usage = `Usage: npm run bench:service -- [options]
  --only A,B       of throughput, overhead and overload (default all)
  --model NAME     project model or directory of a bundle for throughput (default mnist-lenet5)
  --quick NAME     the same for overhead and overload (default digits-cnn)
  --proofs N       proofs at each number of workers (default 60)
  --rate N         requests per second for overhead (default 200)
  --seconds N      length of each round of overhead and of overload (default 5)`

const flags = {
  only: { type: 'string', default: parts.join() },
  model: { type: 'string', default: 'mnist-lenet5' },
  quick: { type: 'string', default: 'digits-cnn' },
  proofs: { type: 'string', default: '60' },
  rate: { type: 'string', default: '200' },
  seconds: { type: 'string', default: '5' },
} as const

/** @throws ZkserveError `USAGE` */
export function parseServiceBenchOptions(args: readonly string[]): ServiceBenchOptions {
  const given = readFlags(args, flags, usage).values
  const wanted = given.only.split(',')
  const unknown = wanted.find((part) => !parts.some((known) => known === part))
  if (unknown !== undefined) throw wrong(`unknown part "${unknown}"`)
  return {
    parts: parts.filter((part) => wanted.includes(part)),
    model: given.model,
    quick: given.quick,
    proofs: count(given.proofs, '--proofs'),
    rate: count(given.rate, '--rate'),
    time: 1000 * count(given.seconds, '--seconds'),
  }
}

function count(text: string, flag: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= 100_000) return value
  throw wrong(`wrong ${flag}: expected 1..100000, got "${text}"`)
}

function wrong(message: string): ZkserveError {
  return new ZkserveError('USAGE', message, { hints: [usage] })
}
