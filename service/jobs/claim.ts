import type { JobKind } from '#service/jobs/job.js'

/** Claims that may lapse before a job is given up. */
export const attempts = 3

/** A job in the hands of one worker. */
export interface Claim<Task> {
  readonly id: string
  readonly tenant: string
  readonly kind: JobKind
  readonly task: Task
  /** Number of the claim, from 1: the fencing token. What an earlier claim writes is refused. */
  readonly attempt: number
  /** ms from the job's creation to this claim. */
  readonly waited: number
  /** Bytes that the job takes. */
  readonly memory: number
}

/** A worker as it announces itself. */
export interface WorkerFacts {
  readonly name: string
  /** Jobs that it does at once. */
  readonly concurrency: number
  readonly kinds: readonly JobKind[]
  /** vkHashes of the models that it has itself. */
  readonly models: readonly string[]
  /** Whether it takes other models from the store. */
  readonly store: boolean
  /** Bytes that all its jobs together may take; null for any. */
  readonly memory: number | null
}

export interface QueueStatus {
  readonly queued: number
  readonly running: number
  /** Jobs that all live workers together do at once. */
  readonly concurrency: number
}
