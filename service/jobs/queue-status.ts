import { sql } from 'kysely'
import type { Database } from '#service/database/open-database.js'
import { later } from '#service/database/times.js'
import type { QueueStatus } from '#service/jobs/claim.js'
import type { JobKind, JobState } from '#service/jobs/job.js'

/**
 * @param lease of the workers, in ms: one that was silent for two of them is gone
 * @param kind of the jobs, and of what the workers do; null for any
 */
export async function statusIn(
  tables: Database['tables'],
  lease: number,
  kind: JobKind | null,
): Promise<QueueStatus> {
  const counts = await tables
    .selectFrom('jobs')
    .select(['state', ({ fn }) => fn.countAll<string>().as('count')])
    .where('state', 'in', ['queued', 'running'])
    .$if(kind !== null, (query) => query.where('kind', '=', kind!))
    .groupBy('state')
    .execute()
  const { concurrency } = await tables
    .selectFrom('workers')
    .select(({ fn }) => fn.sum<string | null>('concurrency').as('concurrency'))
    .where('seen_at', '>', later(-2 * lease))
    .$if(kind !== null, (query) => query.where(sql<boolean>`${kind} = any(kinds)`))
    .executeTakeFirstOrThrow()
  const count = (state: JobState) => Number(counts.find((row) => row.state === state)?.count ?? 0)
  return { queued: count('queued'), running: count('running'), concurrency: Number(concurrency ?? 0) }
}
