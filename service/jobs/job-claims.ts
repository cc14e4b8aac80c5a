import { sql } from 'kysely'
import { guarded } from '#service/database/guarded.js'
import type { Database } from '#service/database/open-database.js'
import { later, now } from '#service/database/times.js'
import { attempts, type Claim, type WorkerFacts } from '#service/jobs/claim.js'
import type { JobEnd, JobStage } from '#service/jobs/job.js'
import type { JobChange, JobChanges } from '#service/jobs/job-changes.js'
import type { TaskCodec } from '#service/jobs/task-codec.js'
import { workerLost } from '#service/jobs/worker-lost.js'

export interface JobClaimsOptions<Task> {
  /** Time of a lease, in ms. */
  readonly lease: number
  readonly tasks: TaskCodec<Task>
  /** Time for which an ended job is kept, in ms. */
  readonly lifetime: number
  /** Ended jobs kept at most; the oldest go first. */
  readonly limit: number
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
  announce({ name, concurrency, models, kinds, memory }: WorkerFacts): Promise<void> {
    return guarded(async () => {
      const facts = { concurrency, models: [...models], kinds: [...kinds], memory }
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

  /** The next waiting job that the worker is able to do, or null. */
  claim({ name, kinds, models, store, memory }: WorkerFacts): Promise<Claim<Task> | null> {
    return guarded(async () => {
      const next = this.#database.tables
        .selectFrom('jobs')
        .select('id')
        .where('state', '=', 'queued')
        .where('kind', 'in', kinds)
        .where((where) =>
          where.or([
            where('model', 'in', [...models, '']),
            ...(store ? [where('bundle', 'is not', null)] : []),
          ]),
        )
        .$if(memory !== null, (query) => query.where('memory', '<=', memory!))
        .where((where) => where.or([where('deadline', 'is', null), where('deadline', '>', now)]))
        .orderBy('created_at')
        .limit(1)
        .forUpdate()
        .skipLocked()
      const row = await this.#database.tables
        .updateTable('jobs')
        .set({
          state: 'running',
          stage: 'load',
          attempt: sql`attempt + 1`,
          worker: name,
          lease_until: later(this.lease),
          started_at: sql`coalesce(started_at, clock_timestamp())`,
        })
        .where('id', '=', next)
        .returning(['id', 'tenant', 'kind', 'task', 'attempt'])
        .returning(
          sql<number>`extract(epoch from clock_timestamp() - created_at)::float8 * 1000`.as('waited'),
        )
        .executeTakeFirst()
      if (row === undefined) return null
      const { id, tenant, kind, attempt, waited } = row
      return { id, tenant, kind, task: this.#options.tasks.decode(id, row.task!), attempt, waited }
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

  /** Puts lapsed claims right, ends what is past its deadline, and forgets what ended long ago. */
  sweep(): Promise<void> {
    return guarded(async () => {
      await this.#database.tables
        .updateTable('jobs')
        .set({ state: 'expired', stage: null, task: null, finished_at: now })
        .where('state', 'in', ['queued', 'running'])
        .where('deadline', '<=', now)
        .execute()
      const lapsed = this.#database.tables
        .updateTable('jobs')
        .where('state', '=', 'running')
        .where('lease_until', '<=', now)
      const error = JSON.stringify(workerLost())
      await lapsed
        .set({ state: 'failed', stage: null, task: null, error, finished_at: now })
        .where('attempt', '>=', attempts)
        .execute()
      await lapsed
        .set({ state: 'queued', stage: null, worker: null, lease_until: null })
        .where('attempt', '<', attempts)
        .execute()
      await this.#forget()
    })
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

  async #forget(): Promise<void> {
    const { lifetime, limit } = this.#options
    const { tables } = this.#database
    const surplus = tables
      .selectFrom('jobs')
      .select('id')
      .where('finished_at', 'is not', null)
      .orderBy('finished_at', 'desc')
      .offset(limit)
    await tables
      .deleteFrom('jobs')
      .where((where) => where.or([where('finished_at', '<=', later(-lifetime)), where('id', 'in', surplus)]))
      .execute()
    await tables
      .deleteFrom('workers')
      .where('seen_at', '<', later(-10 * this.lease))
      .execute()
  }
}
