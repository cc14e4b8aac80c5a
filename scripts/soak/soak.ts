import { setTimeout as sleep } from 'node:timers/promises'
import { openLoop } from '#scripts/bench/service/open-loop.js'
import type { Subject } from '#scripts/bench/service/subject.js'
import type { ServiceProcess } from '#scripts/fleet/service-process.js'
import { startFleet } from '#scripts/fleet/start-fleet.js'
import type { SoakOptions } from '#scripts/soak/options.js'
import { type Sample, slopePerHour } from '#scripts/soak/slope.js'

export interface SoakedProcess {
  readonly name: string
  /** Resident bytes. */
  readonly first: number
  readonly last: number
  readonly peak: number
  /** Resident bytes per hour, after the time in which it settles. */
  readonly slope: number
}

export interface SoakResult {
  readonly processes: readonly SoakedProcess[]
  /** Answers by status: of proofs, of answers alone, of reads. */
  readonly statuses: Readonly<Record<string, number>>
}

/** ms between two looks at the memory. */
const interval = 2000

/**
 * An API, two workers and Postgres under a steady load for a long time: what their memory does. Ended jobs are kept for
 * a minute, so that their number stays the same.
 */
export async function soak(
  { dir, input }: Subject,
  { time, settle, rate }: SoakOptions,
  say: (text: string) => void,
): Promise<SoakResult> {
  const fleet = await startFleet(['--models', dir, '--concurrency', '1', '--job-lifetime', '60000'])
  const samples = new Map<string, Sample[]>()
  try {
    const members: [string, ServiceProcess][] = []
    for (const role of ['api', 'worker', 'worker'] as const) {
      members.push([`${role} ${members.length}`, await fleet.start(role)])
    }
    for (const [name] of members) samples.set(name, [])
    const start = performance.now()
    const watch = setInterval(() => {
      for (const [name, { resident }] of members) {
        samples.get(name)!.push({ at: performance.now() - start, value: resident })
      }
    }, interval)
    const statuses: Record<string, number> = {}
    const url = `${members[0]![1].url}/infer`
    const loads = { proof: JSON.stringify({ input }), answer: JSON.stringify({ input, proof: false }) }
    for (let minute = 0; performance.now() - start < time; minute++) {
      const left = Math.min(60_000, time - (performance.now() - start))
      const parts = Object.entries(loads).map(async ([name, body]) => {
        const { statuses: counts } = await openLoop({ url, body, rate, time: left })
        for (const [status, count] of Object.entries(counts)) {
          statuses[`${name} ${status}`] = (statuses[`${name} ${status}`] ?? 0) + count
        }
      })
      await Promise.all([...parts, sleep(left)])
      say(
        `minute ${minute + 1}: ${members.map(([name, { resident }]) => `${name} ${megabytes(resident)}`).join(', ')}`,
      )
    }
    clearInterval(watch)
    const ended = members.filter(([, { running }]) => !running).map(([name]) => name)
    if (ended.length > 0) throw new Error(`ended by themselves: ${ended.join(', ')}`)
    return { processes: [...samples].map(([name, all]) => soaked(name, all, settle)), statuses }
  } finally {
    await fleet.end()
  }
}

function soaked(name: string, samples: readonly Sample[], settle: number): SoakedProcess {
  const settled = samples.filter(({ at }) => at >= settle)
  const values = samples.map(({ value }) => value)
  return {
    name,
    first: settled[0]?.value ?? 0,
    last: values.at(-1) ?? 0,
    peak: Math.max(0, ...values),
    slope: slopePerHour(settled),
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`
}
