import { randomBytes } from 'node:crypto'
import { isFinal, type Job, type JobStatus } from '#service/jobs/job.js'
import type { JobStore } from '#service/jobs/job-store.js'

export interface MemoryJobStoreOptions {
  /** Time for which a finished job is kept, in ms. */
  readonly lifetime: number
  /** Finished jobs kept at most. */
  readonly limit: number
  /** The clock, in ms. */
  readonly now?: () => number
}

/** Jobs in memory: they end with the process. */
export class MemoryJobStore<Subject, Result> implements JobStore<Subject, Result> {
  readonly #jobs = new Map<string, Job<Subject, Result>>()
  /** Ids of finished jobs, the oldest first. */
  readonly #finished = new Set<string>()
  readonly #options: MemoryJobStoreOptions
  readonly #now: () => number

  constructor(options: MemoryJobStoreOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  async create(subject: Subject): Promise<Job<Subject, Result>> {
    const job: Job<Subject, Result> = {
      id: randomBytes(16).toString('hex'),
      subject,
      status: { state: 'queued' },
      createdAt: this.#now(),
      startedAt: null,
      finishedAt: null,
    }
    this.#jobs.set(job.id, job)
    return job
  }

  async get(id: string): Promise<Job<Subject, Result> | null> {
    this.#sweep()
    return this.#jobs.get(id) ?? null
  }

  async advance(id: string, status: JobStatus<Result>): Promise<Job<Subject, Result> | null> {
    this.#sweep()
    const job = this.#jobs.get(id)
    if (job === undefined) return null
    if (isFinal(job.status)) return job
    const now = this.#now()
    const moved = {
      ...job,
      status,
      startedAt: job.startedAt ?? (status.state === 'running' ? now : null),
      finishedAt: isFinal(status) ? now : null,
    }
    this.#jobs.set(id, moved)
    if (isFinal(status)) this.#finished.add(id)
    return moved
  }

  async close(): Promise<void> {
    this.#jobs.clear()
    this.#finished.clear()
  }

  #sweep(): void {
    const oldest = this.#now() - this.#options.lifetime
    for (const id of this.#finished) {
      const { finishedAt } = this.#jobs.get(id)!
      if (this.#finished.size <= this.#options.limit && finishedAt! > oldest) return
      this.#finished.delete(id)
      this.#jobs.delete(id)
    }
  }
}
