import type { Machine } from '#scripts/bench/machine.js'
import { fixed, markdownTable, rounded } from '#scripts/bench/render/markdown.js'
import { megabytes } from '#scripts/bench/render/units.js'
import { quantile } from '#scripts/bench/service/open-loop.js'
import { contestants, type Overhead } from '#scripts/bench/service/overhead.js'
import type { OverloadResult } from '#scripts/bench/service/overload.js'
import type { ThroughputPoint } from '#scripts/bench/service/throughput.js'

export function machineLine({ cpu, cores, memory, node, system }: Machine): string {
  return `${cpu}, ${cores} cores, ${Math.round(memory / 2 ** 30)} GiB, Node ${node}, ${system}.`
}

/** Efficiency is against as many times the one worker as there are workers, or cores where those are fewer. */
export function throughputText(name: string, points: readonly ThroughputPoint[], cores: number): string {
  const single = points[0]!.proofsPerSecond
  const rows = points.map(({ workers, proofsPerSecond }) => [
    workers,
    rounded(proofsPerSecond),
    fixed(proofsPerSecond / single, 2),
    fixed(proofsPerSecond / single / Math.min(workers, cores), 2),
  ])
  const head = ['worker processes', 'proofs per s', 'against one', `by workers, ${cores} at most`]
  return `Proofs of ${name}, one thread each, API, database and workers on this machine\n\n${markdownTable(head, rows)}`
}

export function overheadText(name: string, rate: number, overhead: Overhead): string {
  const all = (contestant: (typeof contestants)[number]) =>
    overhead[contestant].flatMap(({ latencies }) => latencies)
  const bare = all('bare Fastify')
  const rows = contestants.map((contestant) => {
    const [p50, p99] = [0.5, 0.99].map((share) => quantile(all(contestant), share))
    const failed = overhead[contestant].flatMap(({ statuses }) =>
      Object.entries(statuses).flatMap(([status, count]) => (status === '200' ? [] : [count])),
    )
    return [
      contestant,
      rounded(p50!),
      rounded(p99!),
      fixed(p50! / quantile(bare, 0.5), 2),
      fixed(p99! / quantile(bare, 0.99), 2),
      failed.reduce((sum, count) => sum + count, 0),
    ]
  })
  const head = ['server', 'p50, ms', 'p99, ms', 'p50, ratio', 'p99, ratio', 'not 200']
  return `/infer of ${name} without proof at ${rate} requests per second\n\n${markdownTable(head, rows)}`
}

export function overloadText(name: string, result: OverloadResult): string {
  const { capacity, rate, statuses, memory, normal, recovery } = result
  const rows: [string, string | number | null][] = [
    ['capacity, proofs per s', rounded(capacity)],
    ['asked for, per s', rounded(rate)],
    ...Object.entries(statuses).map(([status, count]): [string, number] => [`answered ${status}`, count]),
    ['API memory before, MB', megabytes(memory.before)],
    ['API memory at most, MB', megabytes(memory.peak)],
    ['API memory 10 s after, MB', megabytes(memory.after)],
    ['waiting for a proof before, ms', rounded(normal)],
    ['normal again after, s', recovery === null ? null : rounded(recovery / 1000)],
  ]
  return `${name} at ten times its capacity\n\n${markdownTable(['overload', 'figure'], rows)}`
}
