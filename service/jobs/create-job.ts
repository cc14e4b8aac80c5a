import { type InsertObject, sql } from 'kysely'
import { ZkserveError } from '#circuits/errors.js'
import { locks } from '#service/database/locks.js'
import type { Database } from '#service/database/open-database.js'
import type { Tables } from '#service/database/tables.js'
import { later } from '#service/database/times.js'
import type { QueueStatus } from '#service/jobs/claim.js'
import { type ReadRow, readColumns } from '#service/jobs/job-row.js'
import type { NewJob } from '#service/jobs/new-job.js'
import { statusIn } from '#service/jobs/queue-status.js'
import { reserveUsage } from '#service/tenants/usage.js'

/** How many jobs may be open. */
export interface Admission {
  /** Jobs of a kind that may wait beside those that the workers can do at once. */
  readonly room: number
  /** Open jobs of a tenant without a limit of its own; null for any. */
  readonly openJobs: number | null
  /** Constraints a day of a tenant without a quota of its own; null for any. */
  readonly constraintsPerDay?: number | null
}

/** What became of a job that was given. */
export type Creation<Made> =
  | { readonly kind: 'created'; readonly job: Made }
  /** Another job of the tenant has the key of `once`. */
  | { readonly kind: 'taken' }
  /** Too many jobs of the kind wait, whose-ever they are. */
  | { readonly kind: 'full'; readonly status: QueueStatus }
  /** Each live worker that does such jobs has less memory than it takes. */
  | { readonly kind: 'unable'; readonly memory: number }
  /** The tenant has as many open jobs as it may. */
  | { readonly kind: 'limited'; readonly limit: number }

type GivenValues = InsertObject<Tables, 'jobs'> &
  Pick<NewJob<unknown, unknown>, 'tenant' | 'kind' | 'cost' | 'model' | 'bundle' | 'memory'>

/**
 * Inserts a job where it may be taken on, in a transaction of the caller's.
 * @param lease of the workers, in ms
 * @throws ZkserveError `TENANT_NOT_FOUND`, `QUOTA_EXCEEDED`
 */
export async function createJob(
  tables: Database['tables'],
  values: GivenValues,
  { room, openJobs, constraintsPerDay = null }: Admission,
  lease: number,
): Promise<Creation<ReadRow>> {
  // One after another: else many at once would take the same last place.
  await sql`select pg_advisory_xact_lock(${locks.createJob})`.execute(tables)
  const { tenant, idempotency_key = null } = values
  if (idempotency_key !== null) {
    const other = await tables
      .selectFrom('jobs')
      .select('id')
      .where('tenant', '=', tenant)
      .where('idempotency_key', '=', idempotency_key)
      .executeTakeFirst()
    if (other !== undefined) return { kind: 'taken' }
  }
  const { limits, open } = await tenantIn(tables, tenant)
  const limit = limits.openJobs ?? openJobs
  if (limit !== null && open >= limit) return { kind: 'limited', limit }
  const status = await statusIn(tables, lease, values.kind)
  if (status.queued + status.running >= status.concurrency + room) return { kind: 'full', status }
  if (await outsizes(tables, values, lease)) return { kind: 'unable', memory: values.memory }
  const job = await tables.insertInto('jobs').values(values).returning(readColumns).executeTakeFirstOrThrow()
  await reserveUsage(tables, { ...values, createdAt: job.created_at }, constraintsPerDay)
  return { kind: 'created', job }
}

/** Whether workers do such jobs, and none has the memory. Where none does at all, one may yet come. */
async function outsizes(
  tables: Database['tables'],
  { kind, model, bundle, memory }: GivenValues,
  lease: number,
): Promise<boolean> {
  const has = sql<boolean>`(${model} = '' or ${model} = any(models) or (store and ${bundle}::text is not null))`
  const { able } = await tables
    .selectFrom('workers')
    .select(sql<boolean | null>`bool_or(memory is null or memory >= ${memory})`.as('able'))
    .where('seen_at', '>', later(-2 * lease))
    .where(sql<boolean>`${kind} = any(kinds)`)
    .where(has)
    .executeTakeFirstOrThrow()
  return able === false
}

async function tenantIn(tables: Database['tables'], tenant: string) {
  const found = await tables
    .selectFrom('tenants')
    .select('limits')
    .select(({ selectFrom }) =>
      selectFrom('jobs')
        .select(({ fn }) => fn.countAll<string>().as('count'))
        .whereRef('jobs.tenant', '=', 'tenants.id')
        .where('state', 'in', ['queued', 'running'])
        .as('open'),
    )
    .where('id', '=', tenant)
    .executeTakeFirst()
  if (found === undefined) throw new ZkserveError('TENANT_NOT_FOUND', `there is no tenant "${tenant}"`)
  return { limits: found.limits, open: Number(found.open) }
}
