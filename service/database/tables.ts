import type { Generated, GeneratedAlways, JSONColumnType } from 'kysely'
import type { SerialisedError } from '#circuits/errors.js'
import type { JobState, JobStep, ProofStage } from '#service/jobs/job.js'

/** One job; see the migration for what each column holds. Times are the database's. */
export interface JobRow {
  readonly id: string
  readonly model: string
  readonly subject: unknown
  readonly task: Uint8Array | null
  readonly state: JobState
  readonly stage: ProofStage | null
  readonly attempt: Generated<number>
  readonly worker: string | null
  readonly lease_until: Date | null
  readonly deadline: Date | null
  readonly result: unknown
  readonly error: JSONColumnType<SerialisedError> | null
  readonly created_at: Generated<Date>
  readonly started_at: Date | null
  readonly finished_at: Date | null
  readonly idempotency_key: string | null
  readonly fingerprint: string | null
  readonly answer: unknown
  readonly waits: Generated<boolean>
  readonly history: GeneratedAlways<JobStep[]>
}

/** A process that makes proofs, while it says so. */
export interface WorkerRow {
  readonly name: string
  readonly concurrency: number
  readonly models: string[]
  readonly seen_at: Generated<Date>
}

export interface Tables {
  readonly jobs: JobRow
  readonly workers: WorkerRow
}
