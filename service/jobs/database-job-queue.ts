import { randomBytes } from 'node:crypto'
import { type Selectable, sql } from 'kysely'
import { ZkserveError } from '#circuits/errors.js'
import type { Database } from '#service/database/open-database.js'
import type { JobRow } from '#service/database/tables.js'
import type { Job, JobEnd, JobState, JobStatus, ProofStage } from '#service/jobs/job.js'
import {
  attempts,
  type Claim,
  type JobChange,
  type JobQueue,
  type NewJob,
  type QueueStatus,
  type Remembered,
  type Retention,
  type WorkerFacts,
} from '#service/jobs/job-queue.js'
import { workerLost } from '#service/jobs/worker-lost.js'

/** How tasks are kept; they may be secret, so they are bytes and not text to search in. */
export interface TaskCodec<Task> {
  encode(task: Task): Uint8Array
  decode(bytes: Uint8Array): Task
}

export interface DatabaseJobQueueOptions<Task> extends Retention {
  readonly lease: number
  readonly tasks: TaskCodec<Task>
  /** No other process can hold a claim: those in the tables lapse at once. */
  readonly alone?: boolean
}

const now = sql<Date>`clock_timestamp()`

/** What readers of a job get: not the task, which may be large and secret. */
const readColumns = [
  ...(['id', 'subject', 'state', 'stage', 'result', 'error'] as const),
  ...(['created_at', 'started_at', 'finished_at', 'history'] as const),
] as const

type ReadRow = Pick<Selectable<JobRow>, (typeof readColumns)[number]>

/** Later than now by so many ms, or null. */
function later(milliseconds: number | null) {
  return sql<Date | null>`clock_timestamp() + ${milliseconds} * interval '1 millisecond'`
}

/** Jobs in Postgres, embedded or not: accepted ones outlive every process. All times are the database's clock. */
export class DatabaseJobQueue<Task, Subject, Result> implements JobQueue<Task, Subject, Result> {
  readonly lease: number
  readonly #database: Database
  readonly #options: DatabaseJobQueueOptions<Task>
  readonly #listeners = new Set<(change: JobChange) => void>()
  #stopListening: () => Promise<void> = async () => {}

  private constructor(database: Database, options: DatabaseJobQueueOptions<Task>) {
    this.lease = options.lease
    this.#database = database
    this.#options = options
  }

  /** A queue over an open database, which ends with it. @throws ZkserveError `DATABASE_UNAVAILABLE` */
  static async open<Task, Subject, Result>(
    database: Database,
    options: DatabaseJobQueueOptions<Task>,
  ): Promise<DatabaseJobQueue<Task, Subject, Result>> {
    const queue = new DatabaseJobQueue<Task, Subject, Result>(database, options)
    if (options.alone === true) await queue.#lapseAll()
    queue.#stopListening = await database.listen((message) => queue.#tell(message))
    return queue
  }

  create(given: NewJob<Task, Subject>, room: number): Promise<Job<Subject, Result> | null> {
    return guarded(async () => {
      const { queued, running, concurrency } = await this.status()
      if (queued + running >= concurrency + room) return null
      const { once = null } = given
      // One statement: the key is taken with its job, or neither is.
      const row = await this.#jobs
        .insertInto('jobs')
        .values({
          id: randomBytes(16).toString('hex'),
          model: given.model,
          subject: JSON.stringify(given.subject),
          task: this.#options.tasks.encode(given.task),
          state: 'queued',
          deadline: later(given.deadline),
          idempotency_key: once?.key ?? null,
          fingerprint: once?.fingerprint ?? null,
          answer: once === null ? null : JSON.stringify(once.answer),
          waits: once?.waits ?? false,
        })
        .onConflict((conflict) => conflict.column('idempotency_key').doNothing())
        .returning(readColumns)
        .executeTakeFirst()
      return row === undefined ? null : jobOf(row)
    })
  }

  get(id: string): Promise<Job<Subject, Result> | null> {
    return guarded(async () => {
      const row = await this.#jobs
        .selectFrom('jobs')
        .select(readColumns)
        .where('id', '=', id)
        .executeTakeFirst()
      return row === undefined ? null : jobOf(row)
    })
  }

  recall(key: string): Promise<Remembered<Subject, Result> | null> {
    return guarded(async () => {
      const row = await this.#jobs
        .selectFrom('jobs')
        .select([...readColumns, 'fingerprint', 'answer', 'waits'])
        .where('idempotency_key', '=', key)
        .executeTakeFirst()
      if (row === undefined) return null
      return { key, fingerprint: row.fingerprint!, answer: row.answer, waits: row.waits, job: jobOf(row) }
    })
  }

  stopWaiting(id: string): Promise<void> {
    return guarded(async () => {
      await this.#jobs.updateTable('jobs').set({ waits: false }).where('id', '=', id).execute()
    })
  }

  cancel(id: string): Promise<Job<Subject, Result> | null> {
    return guarded(async () => {
      await this.#jobs
        .updateTable('jobs')
        .set({ state: 'cancelled', stage: null, task: null, finished_at: now })
        .where('id', '=', id)
        .where('state', 'in', ['queued', 'running'])
        .execute()
      return this.get(id)
    })
  }

  announce({ name, concurrency, models }: WorkerFacts): Promise<void> {
    return guarded(async () => {
      const facts = { concurrency, models: [...models] }
      await this.#jobs
        .insertInto('workers')
        .values({ name, ...facts })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ ...facts, seen_at: now }))
        .execute()
    })
  }

  leave(name: string): Promise<void> {
    return guarded(async () => {
      await this.#jobs.deleteFrom('workers').where('name', '=', name).execute()
    })
  }

  claim({ name, models }: WorkerFacts): Promise<Claim<Task> | null> {
    return guarded(async () => {
      const next = this.#jobs
        .selectFrom('jobs')
        .select('id')
        .where('state', '=', 'queued')
        .where('model', 'in', models.length > 0 ? models : [''])
        .where((where) => where.or([where('deadline', 'is', null), where('deadline', '>', now)]))
        .orderBy('created_at')
        .limit(1)
        .forUpdate()
        .skipLocked()
      const row = await this.#jobs
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
        .returning(['id', 'task', 'attempt'])
        .executeTakeFirst()
      if (row === undefined) return null
      return { id: row.id, task: this.#options.tasks.decode(row.task!), attempt: row.attempt }
    })
  }

  renew(id: string, attempt: number): Promise<boolean> {
    return this.#update(id, attempt, { lease_until: later(this.lease) })
  }

  enter(id: string, attempt: number, stage: ProofStage): Promise<boolean> {
    return this.#update(id, attempt, { stage })
  }

  finish(id: string, attempt: number, end: JobEnd<Result>): Promise<boolean> {
    return this.#update(id, attempt, {
      state: end.state,
      stage: null,
      task: null,
      finished_at: now,
      ...(end.state === 'succeeded' ? { result: JSON.stringify(end.result) } : {}),
      ...(end.state === 'failed' ? { error: JSON.stringify(end.error) } : {}),
    })
  }

  async release(id: string, attempt: number): Promise<void> {
    await this.#update(id, attempt, {
      state: 'queued',
      stage: null,
      worker: null,
      lease_until: null,
      attempt: sql`attempt - 1`,
    })
  }

  sweep(): Promise<void> {
    return guarded(async () => {
      const open = ['queued', 'running'] as const
      await this.#jobs
        .updateTable('jobs')
        .set({ state: 'expired', stage: null, task: null, finished_at: now })
        .where('state', 'in', open)
        .where('deadline', '<=', now)
        .execute()
      const lapsed = this.#jobs
        .updateTable('jobs')
        .where('state', '=', 'running')
        .where('lease_until', '<=', now)
      await lapsed
        .set({
          state: 'failed',
          stage: null,
          task: null,
          error: JSON.stringify(workerLost()),
          finished_at: now,
        })
        .where('attempt', '>=', attempts)
        .execute()
      await lapsed
        .set({ state: 'queued', stage: null, worker: null, lease_until: null })
        .where('attempt', '<', attempts)
        .execute()
      await this.#forget()
    })
  }

  status(): Promise<QueueStatus> {
    return guarded(async () => {
      const counts = await this.#jobs
        .selectFrom('jobs')
        .select(['state', ({ fn }) => fn.countAll<string>().as('count')])
        .where('state', 'in', ['queued', 'running'])
        .groupBy('state')
        .execute()
      const { concurrency } = await this.#jobs
        .selectFrom('workers')
        .select(({ fn }) => fn.sum<string | null>('concurrency').as('concurrency'))
        .where('seen_at', '>', later(-2 * this.lease))
        .executeTakeFirstOrThrow()
      const count = (state: JobState) => Number(counts.find((row) => row.state === state)?.count ?? 0)
      return { queued: count('queued'), running: count('running'), concurrency: Number(concurrency ?? 0) }
    })
  }

  subscribe(listener: (change: JobChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.#listeners.clear()
    await this.#stopListening()
    await this.#database.close()
  }

  get #jobs() {
    return this.#database.tables
  }

  /** Changes a job that the claim still holds. */
  #update(id: string, attempt: number, change: object): Promise<boolean> {
    return guarded(async () => {
      const { numUpdatedRows } = await this.#jobs
        .updateTable('jobs')
        .set(change)
        .where('id', '=', id)
        .where('state', '=', 'running')
        .where('attempt', '=', attempt)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    })
  }

  #lapseAll(): Promise<void> {
    return guarded(async () => {
      await this.#jobs.updateTable('jobs').set({ lease_until: now }).where('state', '=', 'running').execute()
      await this.#jobs.deleteFrom('workers').execute()
      await this.sweep()
    })
  }

  async #forget(): Promise<void> {
    const { lifetime, limit } = this.#options
    const surplus = this.#jobs
      .selectFrom('jobs')
      .select('id')
      .where('finished_at', 'is not', null)
      .orderBy('finished_at', 'desc')
      .offset(limit)
    await this.#jobs
      .deleteFrom('jobs')
      .where((where) => where.or([where('finished_at', '<=', later(-lifetime)), where('id', 'in', surplus)]))
      .execute()
    await this.#jobs
      .deleteFrom('workers')
      .where('seen_at', '<', later(-10 * this.lease))
      .execute()
  }

  #tell(message: string | null): void {
    const [id, state] = message?.split(' ') ?? []
    const change = id === undefined || state === undefined ? null : { id, state: state as JobState }
    for (const listener of this.#listeners) listener(change)
  }
}

function jobOf<Subject, Result>(row: ReadRow): Job<Subject, Result> {
  return {
    id: row.id,
    subject: row.subject as Subject,
    status: statusOf(row),
    createdAt: row.created_at.getTime(),
    startedAt: row.started_at?.getTime() ?? null,
    finishedAt: row.finished_at?.getTime() ?? null,
    history: row.history,
  }
}

function statusOf<Result>({ state, stage, result, error }: ReadRow): JobStatus<Result> {
  if (state === 'running') return { state, stage: stage ?? 'load' }
  if (state === 'succeeded') return { state, result: result as Result }
  if (state === 'failed') return { state, error: error! }
  return { state }
}

/** Whatever the database's client throws means that the database did not do what it was asked. */
async function guarded<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof ZkserveError) throw cause
    const message = `the database failed: ${(cause as Error).message}`
    throw new ZkserveError('DATABASE_UNAVAILABLE', message, { cause, details: { retryAfter: 5 } })
  }
}
