import { setTimeout as sleep } from 'node:timers/promises'
import { endedJob, postJson, submitProofs } from '#scripts/bench/service/http.js'
import { openLoop, quantile } from '#scripts/bench/service/open-loop.js'
import type { Subject } from '#scripts/bench/service/subject.js'
import { startFleet } from '#scripts/fleet/start-fleet.js'

export interface OverloadResult {
  /** Proofs per second that one worker makes. */
  readonly capacity: number
  /** Requests per second that came. */
  readonly rate: number
  readonly statuses: Readonly<Record<number, number>>
  /** Resident bytes of the API before, at most during, and 10 s after. */
  readonly memory: { readonly before: number; readonly peak: number; readonly after: number }
  /** ms of a request that waits for its proof, before; median. */
  readonly normal: number
  /** ms from the end of the load until such a request took no more than twice the normal time; null: not within a minute. */
  readonly recovery: number | null
}

/** What the service does while it is asked for ten times as many proofs as it can make. */
export async function measureOverload(
  { dir, input }: Subject,
  time: number,
  say: (text: string) => void,
): Promise<OverloadResult> {
  const fleet = await startFleet(['--models', dir, '--concurrency', '1'])
  try {
    const api = await fleet.start('api')
    await fleet.start('worker')
    const normal = await normalLatency(api.url, input)
    const capacity = await capacityOf(api.url, input)
    const before = api.resident
    let peak = before
    const watch = setInterval(() => {
      peak = Math.max(peak, api.resident)
    }, 100)
    const rate = 10 * capacity
    say(`${rate.toFixed(0)} requests per second for ${time / 1000} s`)
    const body = JSON.stringify({ input })
    const { statuses } = await openLoop({ url: `${api.url}/infer`, body, rate, time })
    const recovery = await recoveryTime(api.url, input, 2 * normal)
    clearInterval(watch)
    await sleep(10_000)
    return { capacity, rate, statuses, memory: { before, peak, after: api.resident }, normal, recovery }
  } finally {
    await fleet.end()
  }
}

async function normalLatency(url: string, input: unknown): Promise<number> {
  const times: number[] = []
  for (let count = 0; count < 12; count++) times.push(await proofLatency(url, input))
  // The first ones load keys.
  return quantile(times.slice(4), 0.5)
}

/** ms of a request that waits for its proof; infinite where it is refused. */
async function proofLatency(url: string, input: unknown): Promise<number> {
  const start = performance.now()
  try {
    await postJson(`${url}/infer`, { input, wait: true }, 200)
    return performance.now() - start
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

async function capacityOf(url: string, input: unknown): Promise<number> {
  const jobs = await Promise.all((await submitProofs(url, input, 40)).map((id) => endedJob(url, id)))
  const start = Math.min(...jobs.map(({ startedAt }) => startedAt))
  return (jobs.length * 1000) / (Math.max(...jobs.map(({ finishedAt }) => finishedAt)) - start)
}

async function recoveryTime(url: string, input: unknown, bound: number): Promise<number | null> {
  const start = performance.now()
  while (performance.now() - start < 60_000) {
    if ((await proofLatency(url, input)) <= bound) return performance.now() - start
    await sleep(200)
  }
  return null
}
