import { type Selectable, sql } from 'kysely'
import type { Database } from '#service/database/open-database.js'
import type { JobRow } from '#service/database/tables.js'
import { later, now } from '#service/database/times.js'
import type { WorkerFacts } from '#service/jobs/claim.js'

/** ms after which a job that a worker has no memory free for is passed over no more: the worker keeps free for it. */
const patience = 10_000

/** A job's row as its worker gets it. */
export interface ClaimedRow
  extends Pick<Selectable<JobRow>, 'id' | 'tenant' | 'kind' | 'task' | 'attempt' | 'memory'> {
  /** ms from the job's creation to the claim. */
  readonly waited: number
}

/** Least weight of a tenant. */
const leastWeight = 0.001

/**
 * Takes the next waiting job that the worker is able to do: of the tenant whose turn it is, the job of the highest
 * priority, then the oldest. Workers at once take different ones. Its cost, by the tenant's weight, puts the tenant's
 * turn off; once, however often it is claimed.
 * @param taken bytes of the jobs that the worker has
 * @param lease in ms
 * @param keys ids of the keys that the worker has: it takes nothing that it cannot open; any where undefined
 */
export async function claimJob(
  tables: Database['tables'],
  { name, kinds, models, store, memory }: WorkerFacts,
  taken: number,
  lease: number,
  keys?: readonly string[],
): Promise<ClaimedRow | null> {
  const free = memory === null ? null : memory - taken
  const row = await tables
    .with('next', (database) =>
      database
        .selectFrom('jobs')
        .innerJoin('tenants', 'tenants.id', 'jobs.tenant')
        .select(['jobs.id', 'jobs.tenant', 'jobs.memory'])
        .select(
          sql<number>`case when started_at is not null then 0 else
            cost / greatest(coalesce((limits->>'weight')::float8, 1), ${leastWeight}) end`.as('charge'),
        )
        .where('state', '=', 'queued')
        .where('kind', 'in', kinds)
        .where((where) =>
          where.or([
            where('model', '=', sql<string>`any(${[...models, '']}::text[])`),
            ...(store ? [where('bundle', 'is not', null)] : []),
          ]),
        )
        .where((where) => where.or([where('deadline', 'is', null), where('deadline', '>', now)]))
        .$if(keys !== undefined, (query) =>
          query.where(sql<string>`encode(substr(task, 1, 4), 'hex')`, '=', sql<string>`any(${keys}::text[])`),
        )
        .$if(memory !== null, (query) =>
          query
            .where('memory', '<=', memory!)
            .where((where) =>
              where.or([where('memory', '<=', free!), where('jobs.created_at', '<=', later(-patience))]),
            ),
        )
        .orderBy('turn')
        .orderBy('tenants.id')
        .orderBy('priority', 'desc')
        .orderBy('jobs.created_at')
        .orderBy('jobs.id')
        .limit(1)
        .forUpdate(['jobs'])
        .skipLocked(),
    )
    .with('claimed', (database) =>
      database
        .updateTable('jobs')
        .from('next')
        .set({
          state: 'running',
          stage: 'load',
          attempt: sql`attempt + 1`,
          worker: name,
          lease_until: later(lease),
          started_at: sql`coalesce(started_at, clock_timestamp())`,
        })
        .whereRef('jobs.id', '=', 'next.id')
        .$if(free !== null, (query) => query.where('next.memory', '<=', free!))
        .returning(['jobs.id', 'jobs.tenant', 'kind', 'task', 'attempt', 'jobs.memory', 'charge'])
        .returning(
          sql<number>`extract(epoch from clock_timestamp() - created_at)::float8 * 1000`.as('waited'),
        ),
    )
    .with('charged', (database) =>
      database
        .updateTable('tenants')
        .from('claimed')
        .set({ turn: sql`turn + charge` })
        .whereRef('tenants.id', '=', 'claimed.tenant')
        .where('charge', '>', 0),
    )
    .selectFrom('claimed')
    .selectAll()
    .executeTakeFirst()
  return row ?? null
}
