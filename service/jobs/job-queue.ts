import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { guarded } from '#service/database/guarded.js'
import type { Database } from '#service/database/open-database.js'
import { later, now } from '#service/database/times.js'
import type { QueueStatus } from '#service/jobs/claim.js'
import type { Job, JobState } from '#service/jobs/job.js'
import type { JobChange, JobChanges } from '#service/jobs/job-changes.js'
import { jobOf, readColumns } from '#service/jobs/job-row.js'
import type { NewJob, Once, Remembered } from '#service/jobs/new-job.js'
import type { TaskCodec } from '#service/jobs/task-codec.js'

export interface JobQueueOptions<Task> {
  /** Time of a lease, in ms: a worker that was silent for two of them is gone. */
  readonly lease: number
  readonly tasks: TaskCodec<Task>
}

/** Any number that no other lock of these tables has. */
const createLock = 7_215_001

/**
 * Jobs for those who give them, in Postgres, embedded or not: accepted ones outlive every process. All times are the
 * database's clock. Every job is a tenant's, and nobody else finds it.
 */
export class JobQueue<Task, Subject, Result> {
  readonly #database: Database
  readonly #changes: JobChanges
  readonly #options: JobQueueOptions<Task>

  constructor(database: Database, changes: JobChanges, options: JobQueueOptions<Task>) {
    this.#database = database
    this.#changes = changes
    this.#options = options
  }

  /**
   * Takes a job on; it is kept when this settles.
   * @param room jobs that may wait beside those that the workers can do at once
   * @returns null where there is no room, or another job of the tenant has the key of `once`
   */
  create(given: NewJob<Task, Subject>, room: number): Promise<Job<Subject, Result> | null> {
    const id = randomBytes(16).toString('hex')
    const { once = null, tenant, kind, model, bundle, cost, memory, priority = 0 } = given
    const { fingerprint, answer } = once ?? {}
    const values = {
      ...{ id, tenant, kind, model, bundle, cost, memory, priority },
      subject: JSON.stringify(given.subject),
      task: this.#options.tasks.encode(id, given.task),
      state: 'queued' as const,
      deadline: later(given.deadline),
      idempotency_key: once?.key ?? null,
      request: once && this.#options.tasks.seal(id, 'request', { fingerprint, answer }),
      waits: once?.waits ?? false,
    }
    return guarded(() =>
      this.#database.tables.transaction().execute(async (tables) => {
        // One after another: else many at once would take the same last place.
        await sql`select pg_advisory_xact_lock(${createLock})`.execute(tables)
        const { queued, running, concurrency } = await statusIn(tables, this.#options.lease)
        if (queued + running >= concurrency + room) return null
        const row = await tables
          .insertInto('jobs')
          .values(values)
          .onConflict((conflict) => conflict.columns(['tenant', 'idempotency_key']).doNothing())
          .returning(readColumns)
          .executeTakeFirst()
        return row === undefined ? null : jobOf<Subject, Result>(row, this.#options.tasks)
      }),
    )
  }

  /** The job, or null where the tenant has none of this id, or its time is over. */
  get(tenant: string, id: string): Promise<Job<Subject, Result> | null> {
    return guarded(async () => {
      const row = await this.#database.tables
        .selectFrom('jobs')
        .select(readColumns)
        .where('id', '=', id)
        .where('tenant', '=', tenant)
        .executeTakeFirst()
      return row === undefined ? null : jobOf(row, this.#options.tasks)
    })
  }

  /** The tenant's request that came with this key, or null. */
  recall(tenant: string, key: string): Promise<Remembered<Subject, Result> | null> {
    return guarded(async () => {
      const row = await this.#database.tables
        .selectFrom('jobs')
        .select([...readColumns, 'request', 'waits'])
        .where('idempotency_key', '=', key)
        .where('tenant', '=', tenant)
        .executeTakeFirst()
      if (row === undefined) return null
      const { tasks } = this.#options
      const request = tasks.open(row.id, 'request', row.request!) as Pick<Once, 'fingerprint' | 'answer'>
      return { key, ...request, waits: row.waits, job: jobOf(row, tasks) }
    })
  }

  /** The request that made the job waits no more: its answer is that of requests that never did. */
  stopWaiting(id: string): Promise<void> {
    return guarded(async () => {
      await this.#database.tables.updateTable('jobs').set({ waits: false }).where('id', '=', id).execute()
    })
  }

  /** Cancels a job that has not ended; returns it as it then is, or null where the tenant has none of this id. */
  cancel(tenant: string, id: string): Promise<Job<Subject, Result> | null> {
    return guarded(async () => {
      await this.#database.tables
        .updateTable('jobs')
        .set({ state: 'cancelled', stage: null, task: null, finished_at: now })
        .where('id', '=', id)
        .where('tenant', '=', tenant)
        .where('state', 'in', ['queued', 'running'])
        .execute()
      return this.get(tenant, id)
    })
  }

  /** Cancels all that is open, whose-ever it is: for a database that ends with its process. */
  cancelAll(): Promise<void> {
    return guarded(async () => {
      await this.#database.tables
        .updateTable('jobs')
        .set({ state: 'cancelled', stage: null, task: null, finished_at: now })
        .where('state', 'in', ['queued', 'running'])
        .execute()
    })
  }

  status(): Promise<QueueStatus> {
    return guarded(() => statusIn(this.#database.tables, this.#options.lease))
  }

  /** Calls back when jobs change. @returns ends it */
  subscribe(listener: (change: JobChange) => void): () => void {
    return this.#changes.subscribe(listener)
  }
}

async function statusIn(tables: Database['tables'], lease: number): Promise<QueueStatus> {
  const counts = await tables
    .selectFrom('jobs')
    .select(['state', ({ fn }) => fn.countAll<string>().as('count')])
    .where('state', 'in', ['queued', 'running'])
    .groupBy('state')
    .execute()
  const { concurrency } = await tables
    .selectFrom('workers')
    .select(({ fn }) => fn.sum<string | null>('concurrency').as('concurrency'))
    .where('seen_at', '>', later(-2 * lease))
    .executeTakeFirstOrThrow()
  const count = (state: JobState) => Number(counts.find((row) => row.state === state)?.count ?? 0)
  return { queued: count('queued'), running: count('running'), concurrency: Number(concurrency ?? 0) }
}
