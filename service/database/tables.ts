import type { Generated, GeneratedAlways, JSONColumnType } from 'kysely'
import type { SerialisedError } from '#circuits/errors.js'
import type { JobKind, JobStage, JobState, JobStep } from '#service/jobs/job.js'
import type { Scope, TenantLimits } from '#service/tenants/tenant.js'

/** One job; see the migration for what each column holds. Times are the database's. */
export interface JobRow {
  readonly id: string
  readonly model: string
  readonly subject: unknown
  readonly task: Uint8Array | null
  readonly state: JobState
  readonly stage: JobStage | null
  readonly attempt: Generated<number>
  readonly worker: string | null
  readonly lease_until: Date | null
  readonly deadline: Date | null
  readonly result: string | null
  readonly error: JSONColumnType<SerialisedError> | null
  readonly created_at: Generated<Date>
  readonly started_at: Date | null
  readonly finished_at: Date | null
  readonly idempotency_key: string | null
  readonly request: string | null
  readonly waits: Generated<boolean>
  readonly history: GeneratedAlways<JobStep[]>
  readonly tenant: string
  readonly kind: JobKind
  readonly cost: number
  readonly memory: number
  readonly bundle: string | null
  readonly priority: Generated<number>
}

/** A process that makes proofs, while it says so. */
export interface WorkerRow {
  readonly name: string
  readonly concurrency: number
  readonly models: string[]
  readonly seen_at: Generated<Date>
  readonly memory: number | null
  readonly kinds: JobKind[]
}

export interface TenantRow {
  readonly id: string
  readonly limits: JSONColumnType<TenantLimits, string | undefined>
  readonly turn: Generated<number>
  readonly disabled_at: Date | null
  readonly created_at: Generated<Date>
}

export interface ApiKeyRow {
  readonly id: string
  readonly tenant: string
  readonly hash: Uint8Array
  readonly label: string
  readonly scopes: Scope[]
  readonly created_at: Generated<Date>
  readonly expires_at: Date | null
  readonly revoked_at: Date | null
}

/** What one tenant used on one day. */
export interface UsageRow {
  readonly tenant: string
  /** `YYYY-MM-DD` in UTC. */
  readonly day: string
  readonly proofs: Generated<string>
  readonly constraints: Generated<string>
}

export interface Tables {
  readonly tenants: TenantRow
  readonly api_keys: ApiKeyRow
  readonly usage: UsageRow
  readonly jobs: JobRow
  readonly workers: WorkerRow
}
