import { sql } from 'kysely'
import { toZkserveError } from '#circuits/errors.js'
import { guarded } from '#service/database/guarded.js'
import { locks } from '#service/database/locks.js'
import type { Database } from '#service/database/open-database.js'
import { later, now } from '#service/database/times.js'
import type { Claim, WorkerFacts } from '#service/jobs/claim.js'
import { claimJob } from '#service/jobs/claim-job.js'
import type { JobEnd, JobStage } from '#service/jobs/job.js'
import type { JobChange, JobChanges } from '#service/jobs/job-changes.js'
import { type Retention, sweepJobs } from '#service/jobs/sweep-jobs.js'
import type { TaskCodec } from '#service/jobs/task-codec.js'

export interface JobClaimsOptions<Task> extends Retention {
  /** Time of a lease, in ms. */
  readonly lease: number
  readonly tasks: TaskCodec<Task>
}

/**
 * Jobs for those who do them. A claim is a lease: it lapses unless it is renewed, and the job goes to another worker;
 * after `attempts` lapsed claims it fails with WORKER_LOST.
 */
export class JobClaims<Task, Result> {
  readonly lease: number
  readonly #database: Database
  readonly #changes: JobChanges
  readonly #options: JobClaimsOptions<Task>

  constructor(database: Database, changes: JobChanges, options: JobClaimsOptions<Task>) {
    this.lease = options.lease
    this.#database = database
    this.#changes = changes
    this.#options = options
  }

  /** Says that a worker lives; to be repeated within the time of a lease. */
  announce({ name, concurrency, models, kinds, memory, store }: WorkerFacts): Promise<void> {
    return guarded(async () => {
      const facts = { concurrency, models: [...models], kinds: [...kinds], memory, store }
      await this.#database.tables
        .insertInto('workers')
        .values({ name, ...facts })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ ...facts, seen_at: now }))
        .execute()
    })
  }

  /** The worker is going; its claims are released one by one. */
  leave(name: string): Promise<void> {
    return guarded(async () => {
      await this.#database.tables.deleteFrom('workers').where('name', '=', name).execute()
    })
  }

  /**
   * The next waiting job that the worker is able to do, or null; see {@link claimJob}.
   * @param taken bytes of the jobs that it has
   */
  claim(worker: WorkerFacts, taken = 0): Promise<Claim<Task> | null> {
    return guarded(async () => {
      const { tasks } = this.#options
      for (;;) {
        const row = await claimJob(this.#database.tables, worker, taken, this.lease, tasks.keys)
        if (row === null) return null
        const { id, tenant, kind, attempt, waited } = row
        try {
          const task = tasks.decode(id, row.task!)
          return { id, tenant, kind, task, attempt, waited, memory: Number(row.memory) }
        } catch (error) {
          // Whoever takes it finds it damaged.
          await this.finish(id, attempt, { state: 'failed', error: toZkserveError(error).toJSON() })
        }
      }
    })
  }

  /** Extends a lease. @returns false where the claim is no longer valid */
  renew(id: string, attempt: number): Promise<boolean> {
    return this.#update(id, attempt, { lease_until: later(this.lease) })
  }

  /** Tells what the worker is doing. @returns false where the claim is no longer valid */
  enter(id: string, attempt: number, stage: JobStage): Promise<boolean> {
    return this.#update(id, attempt, { stage })
  }

  /** Ends a job. @returns false where the claim is no longer valid; the job is then as it was */
  finish(id: string, attempt: number, end: JobEnd<Result>): Promise<boolean> {
    return this.#update(id, attempt, {
      state: end.state,
      stage: null,
      task: null,
      finished_at: now,
      ...(end.state === 'succeeded' ? { result: this.#options.tasks.seal(id, 'result', end.result) } : {}),
      ...(end.state === 'failed' ? { error: JSON.stringify(end.error) } : {}),
    })
  }

  /** Gives a job back unharmed: the claim does not count. */
  async release(id: string, attempt: number): Promise<void> {
    await this.#update(id, attempt, {
      state: 'queued',
      stage: null,
      worker: null,
      lease_until: null,
      attempt: sql`attempt - 1`,
    })
  }

  /**
   * Puts lapsed claims right, ends what is past its deadline, and forgets what ended long ago. Of processes that do so
   * at once, one does.
   */
  sweep(): Promise<void> {
    return guarded(() =>
      this.#database.tables.transaction().execute(async (tables) => {
        const { rows } = await sql<{
          mine: boolean
        }>`select pg_try_advisory_xact_lock(${locks.sweepJobs}) as mine`.execute(tables)
        if (rows[0]!.mine) await sweepJobs(tables, { ...this.#options, lease: this.lease })
      }),
    )
  }

  /** All claims lapse now, and no worker is there: for a process that knows to be the first. */
  lapseAll(): Promise<void> {
    return guarded(async () => {
      const { tables } = this.#database
      await tables.updateTable('jobs').set({ lease_until: now }).where('state', '=', 'running').execute()
      await tables.deleteFrom('workers').execute()
      await this.sweep()
    })
  }

  /** Calls back when jobs change. @returns ends it */
  subscribe(listener: (change: JobChange) => void): () => void {
    return this.#changes.subscribe(listener)
  }

  /** Changes a job that the claim still holds. */
  #update(id: string, attempt: number, change: object): Promise<boolean> {
    return guarded(async () => {
      const { numUpdatedRows } = await this.#database.tables
        .updateTable('jobs')
        .set(change)
        .where('id', '=', id)
        .where('state', '=', 'running')
        .where('attempt', '=', attempt)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    })
  }
}
