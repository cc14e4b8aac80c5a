import { endedJob, submitProofs } from '#scripts/bench/service/http.js'
import type { Subject } from '#scripts/bench/service/subject.js'
import { startFleet } from '#scripts/fleet/start-fleet.js'

export interface ThroughputPoint {
  readonly workers: number
  /** From the first claim to the last end. */
  readonly proofsPerSecond: number
}

/** Proofs per second of 1, 2 and 4 worker processes over one Postgres, each with one proof of one thread at once. */
export async function measureThroughput(
  { dir, input }: Subject,
  proofs: number,
  say: (text: string) => void,
): Promise<ThroughputPoint[]> {
  const fleet = await startFleet(['--models', dir, '--concurrency', '1', '--queue-size', '10000'])
  try {
    const { url } = await fleet.start('api')
    const points: ThroughputPoint[] = []
    let running = 0
    for (const workers of [1, 2, 4]) {
      for (; running < workers; running++) await fleet.start('worker')
      // Every worker loads its key before the clock starts.
      await prove(url, input, 3 * workers)
      say(`${workers} workers`)
      points.push({ workers, proofsPerSecond: await prove(url, input, proofs) })
    }
    return points
  } finally {
    await fleet.end()
  }
}

/** @returns proofs per second */
async function prove(url: string, input: unknown, count: number): Promise<number> {
  const ids = await submitProofs(url, input, count)
  const jobs = await Promise.all(ids.map((id) => endedJob(url, id)))
  const failed = jobs.filter(({ state }) => state !== 'succeeded').length
  if (failed > 0) throw new Error(`${failed} of ${count} proofs failed`)
  const start = Math.min(...jobs.map(({ startedAt }) => startedAt))
  const end = Math.max(...jobs.map(({ finishedAt }) => finishedAt))
  return (count * 1000) / (end - start)
}
