import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { actAs } from '#service/audit/actor.js'
import { guarded } from '#service/database/guarded.js'
import type { Database } from '#service/database/open-database.js'
import { later, now } from '#service/database/times.js'
import type { QueueStatus } from '#service/jobs/claim.js'
import { type Admission, type Creation, createJob } from '#service/jobs/create-job.js'
import type { Job, JobKind } from '#service/jobs/job.js'
import type { JobChange, JobChanges } from '#service/jobs/job-changes.js'
import { jobOf, type ReadRow, readColumns } from '#service/jobs/job-row.js'
import { type JobListOptions, type JobPage, listJobs } from '#service/jobs/list-jobs.js'
import type { NewJob, Once, Remembered } from '#service/jobs/new-job.js'
import { statusIn } from '#service/jobs/queue-status.js'
import type { TaskCodec } from '#service/jobs/task-codec.js'

export interface JobQueueOptions<Task> {
  /** Time of a lease, in ms: a worker that was silent for two of them is gone. */
  readonly lease: number
  readonly tasks: TaskCodec<Task>
}

/** Takes back the transaction of jobs that are not all taken on. */
class NotCreated extends Error {
  readonly creation: Exclude<Creation<never>, { readonly kind: 'created' }>

  constructor(creation: Exclude<Creation<never>, { readonly kind: 'created' }>) {
    super(creation.kind)
    this.creation = creation
  }
}

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
   * Takes a job on; where its kind is `created` it is kept when this settles.
   * @throws ZkserveError `TENANT_NOT_FOUND`, `QUOTA_EXCEEDED`, `PAYMENT_REPLAYED`
   */
  async create(given: NewJob<Task, Subject>, admission: Admission): Promise<Creation<Job<Subject, Result>>> {
    const creation = await this.createAll([given], admission)
    return creation.kind === 'created' ? { kind: 'created', job: creation.job[0]! } : creation
  }

  /** As {@link create} for jobs of one tenant, at least one: all are taken on, or none. */
  createAll(
    given: readonly NewJob<Task, Subject>[],
    admission: Admission,
  ): Promise<Creation<Job<Subject, Result>[]>> {
    return guarded(async () => {
      try {
        const rows = await actAs(this.#database.tables, given[0]!.actor, async (tables) => {
          const created: ReadRow[] = []
          for (const job of given) {
            const creation = await createJob(tables, this.#valuesOf(job), admission, this.#options.lease)
            if (creation.kind !== 'created') throw new NotCreated(creation)
            created.push(creation.job)
          }
          await given[0]!.payment?.take(tables)
          return created
        })
        return { kind: 'created', job: rows.map((row) => this.#read(row)) }
      } catch (error) {
        if (error instanceof NotCreated) return error.creation
        throw error
      }
    })
  }

  #valuesOf(given: NewJob<Task, Subject>) {
    const {
      id = randomBytes(16).toString('hex'),
      once = null,
      tenant,
      kind,
      model,
      bundle,
      cost,
      memory,
      priority = 0,
    } = given
    const { fingerprint, answer } = once ?? {}
    return {
      ...{ id, tenant, kind, model, bundle, cost, memory, priority },
      subject: JSON.stringify(given.subject),
      task: this.#options.tasks.encode(id, given.task),
      state: 'queued' as const,
      deadline: later(given.deadline),
      idempotency_key: once?.key ?? null,
      request: once && this.#options.tasks.seal(id, 'request', { fingerprint, answer }),
      waits: once?.waits ?? false,
      payment: given.payment?.id ?? null,
    }
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
      return row === undefined ? null : this.#read(row)
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
      const request = this.#options.tasks.open(row.id, 'request', row.request!) as Pick<
        Once,
        'fingerprint' | 'answer'
      >
      return { key, ...request, waits: row.waits, job: this.#read(row) }
    })
  }

  /** The tenant's jobs, newest first, a page at a time. */
  list(tenant: string, options: JobListOptions): Promise<JobPage<Job<Subject, Result>>> {
    return guarded(() => listJobs(this.#database.tables, tenant, options, (row) => this.#read(row)))
  }

  /** The request that made the job waits no more: its answer is that of requests that never did. */
  stopWaiting(id: string): Promise<void> {
    return guarded(async () => {
      await this.#database.tables.updateTable('jobs').set({ waits: false }).where('id', '=', id).execute()
    })
  }

  /**
   * Cancels a job that has not ended; returns it as it then is, or null where the tenant has none of this id.
   * @param actor who asks for it, as the audit log names it
   */
  cancel(tenant: string, id: string, actor?: string): Promise<Job<Subject, Result> | null> {
    return guarded(async () => {
      await actAs(this.#database.tables, actor, (tables) =>
        tables
          .updateTable('jobs')
          .set({ state: 'cancelled', stage: null, task: null, finished_at: now })
          .where('id', '=', id)
          .where('tenant', '=', tenant)
          .where('state', 'in', ['queued', 'running'])
          .execute(),
      )
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

  /** @param kind of jobs and workers; any by default */
  status(kind: JobKind | null = null): Promise<QueueStatus> {
    return guarded(() => statusIn(this.#database.tables, this.#options.lease, kind))
  }

  /** Mean time of the last proofs from their first claim to their end, in ms; null where there are none. */
  pace(): Promise<number | null> {
    return guarded(async () => {
      const last = this.#database.tables
        .selectFrom('jobs')
        .select(sql<number>`extract(epoch from finished_at - started_at)::float8 * 1000`.as('time'))
        .where('finished_at', 'is not', null)
        .where('state', '=', 'succeeded')
        .where('kind', '=', 'proof')
        .orderBy('finished_at', 'desc')
        .limit(20)
      const { mean } = await this.#database.tables
        .selectFrom(last.as('last'))
        .select(({ fn }) => fn.avg<number | null>('time').as('mean'))
        .executeTakeFirstOrThrow()
      return mean
    })
  }

  /** Calls back when jobs change. @returns ends it */
  subscribe(listener: (change: JobChange) => void): () => void {
    return this.#changes.subscribe(listener)
  }

  #read(row: ReadRow): Job<Subject, Result> {
    return jobOf(row, this.#options.tasks)
  }
}
