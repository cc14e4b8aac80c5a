import { markdownTable } from '#scripts/bench/render/markdown.js'
import type { Audit } from './audit.js'
import type { Member } from './fleet.js'
import type { Ledger } from './ledger.js'
import type { Receiver } from './receiver.js'

/** The ledger as people read it. */
export function renderLedger(title: string, ledger: Ledger, audit: Audit, receiver: Receiver): string {
  const { accepted, kills, partitions, counts, unexpected } = ledger
  const { states, lost, double, invalid, recoveries } = audit
  const rows: [string, string | number][] = [
    ['jobs accepted', accepted.size],
    ...Object.entries(states).map(([state, count]): [string, number] => [`ended ${state}`, count]),
    ['lost', lost.length],
    ['with two effects', double.length],
    ['with a wrong result', invalid.length],
    ['answers that no fault explains', unexpected.length],
    ['requests sent', counts.requests],
    ['answered 4xx or 5xx', counts.refused],
    ['connections broken', counts.broken],
    ['repeated after the answer', counts.repeated],
    ['webhook messages received', receiver.received],
    ...Object.entries(countBy(kills.map(({ kind }) => kind))).map(([kind, count]): [string, number] => [
      `kills: ${kind}`,
      count,
    ]),
    ...Object.entries(countBy(partitions.map(({ role, mode }) => `${role} ${mode}`))).map(
      ([kind, count]): [string, number] => [`partitions: ${kind}`, count],
    ),
    ['longest partition, s', Math.max(0, ...partitions.map(({ length }) => length)) / 1000],
    ['jobs held by killed workers', recoveries.length],
    ['recovery p50, s', quantile(recoveries, 0.5)],
    ['recovery p99, s', quantile(recoveries, 0.99)],
    ['recovery max, s', quantile(recoveries, 1)],
  ]
  return `\n${title}\n${markdownTable(['ledger', 'figure'], rows)}\n`
}

/** For those who look for the reason of a failure: what happened, and what the processes said last. */
export function diagnosis({ timeline }: Ledger, members: readonly Member[]): string {
  const logs = members.map(({ pid, process }) => `${pid}:\n${process?.log.slice(-3000) ?? ''}`)
  return [...timeline, ...logs].join('\n')
}

/** @param ascending ms @returns seconds */
function quantile(ascending: readonly number[], share: number): number {
  const index = Math.max(0, Math.ceil(share * ascending.length) - 1)
  return (ascending[index] ?? 0) / 1000
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
