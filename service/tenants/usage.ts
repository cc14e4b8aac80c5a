import { sql } from 'kysely'
import { ZkserveError } from '#circuits/errors.js'
import type { Database } from '#service/database/open-database.js'
import type { JobKind } from '#service/jobs/job.js'

/** A job that was just inserted. */
export interface NewCharge {
  readonly tenant: string
  readonly kind: JobKind
  /** Constraints that are proven. */
  readonly cost: number
  readonly createdAt: Date
}

/** What a tenant used on a day of UTC. */
export interface DayUsage {
  /** `YYYY-MM-DD`. */
  readonly day: string
  readonly proofs: number
  readonly constraints: number
}

/**
 * Counts a job against its tenant's quota of the day on which it was created; to be called in the transaction that
 * inserts it. Many at once do not exceed the quota: they wait for each other at the day's row. What is counted goes
 * back where the job fails, and where it is cancelled or expires before a worker has it (migrations/usage.ts).
 * @param standard quota of tenants without one of their own; null for none
 * @throws ZkserveError `QUOTA_EXCEEDED`
 */
export async function reserveUsage(
  tables: Database['tables'],
  { tenant, kind, cost, createdAt }: NewCharge,
  standard: number | null,
): Promise<void> {
  if (kind !== 'proof') return
  const day = dayOf(createdAt)
  const { rows } = await sql`
    with quota as (select coalesce((limits->>'constraintsPerDay')::float8, ${standard}::float8) as most
      from tenants where id = ${tenant})
    insert into usage (tenant, day, proofs, constraints)
      select ${tenant}, ${day}::date, 1, ${cost}::float8::bigint from quota
      where most is null or ${cost}::float8 <= most
    on conflict (tenant, day) do update
      set proofs = usage.proofs + 1, constraints = usage.constraints + excluded.constraints
      where (select most is null or usage.constraints + excluded.constraints <= most from quota)
    returning proofs`.execute(tables)
  if (rows.length === 0) throw await exceeded(tables, { tenant, kind, cost, createdAt }, standard)
}

async function exceeded(
  tables: Database['tables'],
  { tenant, cost, createdAt }: NewCharge,
  standard: number | null,
): Promise<ZkserveError> {
  const { limits } = await tables
    .selectFrom('tenants')
    .select('limits')
    .where('id', '=', tenant)
    .executeTakeFirstOrThrow()
  const quota = limits.constraintsPerDay ?? standard
  if (quota !== null && cost > quota) {
    const message = `one proof of this model takes ${cost} constraints, and the quota of a day is ${quota}`
    const hints = ['Use a smaller model, or ask the operator for a larger quota.']
    return new ZkserveError('QUOTA_EXCEEDED', message, { hints, details: { quota, cost } })
  }
  const message = `the quota of ${quota} constraints a day does not hold ${cost} more`
  const retryAfter = Math.ceil((nextDay(createdAt) - createdAt.getTime()) / 1000)
  return new ZkserveError('QUOTA_EXCEEDED', message, { details: { quota, cost, retryAfter } })
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10)
}

/** ms since the epoch at which the day after begins in UTC. */
export function nextDay(time: Date): number {
  return Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate() + 1)
}
