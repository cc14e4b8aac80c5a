import type { Database } from '#service/database/open-database.js'
import { later, now } from '#service/database/times.js'
import { attempts } from '#service/jobs/claim.js'
import { workerLost } from '#service/jobs/worker-lost.js'

export interface Retention {
  /** Time for which an ended job is kept, in ms. */
  readonly lifetime: number
  /** Ended jobs kept at most; the oldest go first. */
  readonly limit: number
}

/** @param lease of the workers, in ms: one that was silent for ten of them is forgotten */
export async function sweepJobs(
  tables: Database['tables'],
  { lease, ...retention }: Retention & { readonly lease: number },
): Promise<void> {
  // Turns of tenants before their usage, as where jobs are created: else both could wait for each other.
  const lapsed = tables.updateTable('jobs').where('state', '=', 'running').where('lease_until', '<=', now)
  await lapsed
    .set({ state: 'queued', stage: null, worker: null, lease_until: null })
    .where('attempt', '<', attempts)
    .where((where) => where.or([where('deadline', 'is', null), where('deadline', '>', now)]))
    .execute()
  await tables
    .updateTable('jobs')
    .set({ state: 'expired', stage: null, task: null, finished_at: now })
    .where('state', 'in', ['queued', 'running'])
    .where('deadline', '<=', now)
    .execute()
  const error = JSON.stringify(workerLost())
  await lapsed
    .set({ state: 'failed', stage: null, task: null, error, finished_at: now })
    .where('attempt', '>=', attempts)
    .execute()
  await forget(tables, retention)
  await tables
    .deleteFrom('workers')
    .where('seen_at', '<', later(-10 * lease))
    .execute()
}

async function forget(tables: Database['tables'], { lifetime, limit }: Retention): Promise<void> {
  const surplus = tables
    .selectFrom('jobs')
    .select('id')
    .where('finished_at', 'is not', null)
    .orderBy('finished_at', 'desc')
    .offset(limit)
  await tables
    .deleteFrom('jobs')
    .where((where) => where.or([where('finished_at', '<=', later(-lifetime)), where('id', 'in', surplus)]))
    .execute()
}
