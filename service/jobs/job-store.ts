import type { Job, JobStatus } from '#service/jobs/job.js'

/** Where jobs live. Implementations decide how long finished ones are kept. */
export interface JobStore<Subject, Result> {
  /** Records new work as queued. */
  create(subject: Subject): Promise<Job<Subject, Result>>
  /** The job, or null where the id is unknown or its time is over. */
  get(id: string): Promise<Job<Subject, Result> | null>
  /** Moves a job on; a final status stays as it is. Returns the job as it then is, or null where it is unknown. */
  advance(id: string, status: JobStatus<Result>): Promise<Job<Subject, Result> | null>
  /** Frees what the store holds. */
  close(): Promise<void>
}
