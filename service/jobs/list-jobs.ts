import { type Cursor, createdMicros, timeOf } from '#service/database/cursor.js'
import type { Database } from '#service/database/open-database.js'
import type { JobState } from '#service/jobs/job.js'
import { type ReadRow, readColumns } from '#service/jobs/job-row.js'

export interface JobListOptions {
  /** Jobs in this state alone. */
  readonly state?: JobState
  /** Jobs at most, at least 1. */
  readonly limit: number
  /** The place to go on from. */
  readonly before?: Cursor
}

export interface JobPage<Item> {
  readonly jobs: readonly Item[]
  /** The place of the next page; null where this is the last. */
  readonly next: Cursor | null
}

/** The tenant's jobs, newest first; of those made at once, by id. */
export async function listJobs<Item>(
  tables: Database['tables'],
  tenant: string,
  { state, limit, before }: JobListOptions,
  read: (row: ReadRow) => Item,
): Promise<JobPage<Item>> {
  let query = tables
    .selectFrom('jobs')
    .select([...readColumns, createdMicros.as('micros')])
    .where('tenant', '=', tenant)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(limit + 1)
  if (state !== undefined) query = query.where('state', '=', state)
  if (before !== undefined) {
    const made = timeOf(before)
    query = query
      .where('created_at', '<=', made)
      .where((where) => where.or([where('created_at', '<', made), where('id', '>', before.id)]))
  }
  const rows = await query.execute()
  const page = rows.slice(0, limit)
  const last = rows.length > limit ? page.at(-1) : undefined
  return {
    jobs: page.map(read),
    next: last === undefined ? null : { createdAt: last.micros, id: last.id },
  }
}
