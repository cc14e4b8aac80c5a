import { ZkserveError } from '#circuits/errors.js'
import type { QueueStatus } from '#service/jobs/claim.js'
import type { Admission } from '#service/jobs/create-job.js'
import { isFinal, type Job, type JobKind } from '#service/jobs/job.js'
import type { JobChange } from '#service/jobs/job-changes.js'
import type { JobQueue } from '#service/jobs/job-queue.js'
import type { JobListOptions, JobPage } from '#service/jobs/list-jobs.js'
import type { NewJob, Remembered } from '#service/jobs/new-job.js'

/** ms for which a full queue is taken to be full still, so that refusing costs next to nothing. */
const fullFor = 100
/** Time of a job where none was done yet, in ms. */
const firstGuess = 5000

export interface JobsOptions extends Admission {
  /** ms between looks at a job that somebody waits for, in case nobody tells of its end. */
  readonly poll?: number
}

export interface Submission<Subject, Result> {
  readonly job: Job<Subject, Result>
  /** The request that made the job, where it was another. */
  readonly first: Remembered<Subject, Result> | null
}

/** Of several jobs. */
export interface Submissions<Subject, Result> {
  readonly jobs: readonly Job<Subject, Result>[]
  readonly first: Remembered<Subject, Result> | null
}

interface Waiter {
  readonly wake: () => void
  /** Changes before the end do not matter. */
  readonly endOnly: boolean
}

/** Jobs for those who submit them and wait for them. */
export class Jobs<Task, Subject, Result> {
  readonly #queue: JobQueue<Task, Subject, Result>
  readonly #options: JobsOptions
  readonly #waiting = new Map<string, Set<Waiter>>()
  readonly #unsubscribe: () => void
  readonly #timer: NodeJS.Timeout
  readonly #closed = new AbortController()
  #stopping = false
  /** What was full a moment ago, until when it counts as full, and how that is said. */
  readonly #full = new Map<JobKind, { readonly error: ZkserveError; readonly until: number }>()

  constructor(queue: JobQueue<Task, Subject, Result>, options: JobsOptions) {
    this.#queue = queue
    this.#options = options
    this.#unsubscribe = queue.subscribe((change) => this.#wake(change))
    this.#timer = setInterval(() => this.#wake(null), options.poll ?? 2000)
  }

  /**
   * Takes a job on; it is kept when this settles. Where another request took the key of `once`, its job is the one.
   * @throws ZkserveError `QUEUE_FULL`, `NO_ABLE_WORKER`, `QUOTA_EXCEEDED`, `DATABASE_UNAVAILABLE`
   */
  async submit(job: NewJob<Task, Subject>): Promise<Submission<Subject, Result>> {
    const { jobs, first } = await this.submitAll([job])
    return { job: jobs[0]!, first }
  }

  /**
   * As {@link submit} for jobs of one tenant, at least one: all are taken on, or none. The first alone may have `once`;
   * where another request took its key, that request's job is the only one.
   */
  async submitAll(given: readonly NewJob<Task, Subject>[]): Promise<Submissions<Subject, Result>> {
    const [{ tenant, kind, once }] = given as readonly [NewJob<Task, Subject>]
    if (this.#stopping) throw full('the service is stopping', 1)
    const known = this.#full.get(kind)
    if (known !== undefined && performance.now() < known.until) throw known.error
    const creation = await this.#queue.createAll(given, this.#options)
    switch (creation.kind) {
      case 'created':
        return { jobs: creation.job, first: null }
      case 'taken': {
        const first = await this.#queue.recall(tenant, once!.key)
        // The other job is gone by now, and its key with it.
        return first === null ? this.submitAll(given) : { jobs: [first.job], first }
      }
      case 'full':
        throw await this.#refuse(kind, creation.status, given.length)
      case 'unable': {
        const message = `a proof of this takes ${creation.memory} bytes of memory, more than any worker has`
        throw new ZkserveError('NO_ABLE_WORKER', message, {
          details: { retryAfter: 60, memory: creation.memory },
        })
      }
      case 'limited': {
        const message = `the limit of open jobs is reached: ${creation.limit}`
        const retryAfter = await this.#secondsFor(await this.#queue.status(kind))
        throw new ZkserveError('QUOTA_EXCEEDED', message, { details: { retryAfter, limit: creation.limit } })
      }
    }
  }

  /** The job, or null where the tenant has none of this id. */
  get(tenant: string, id: string): Promise<Job<Subject, Result> | null> {
    return this.#queue.get(tenant, id)
  }

  /** The tenant's request that came with this key, or null. */
  recall(tenant: string, key: string): Promise<Remembered<Subject, Result> | null> {
    return this.#queue.recall(tenant, key)
  }

  /** The request that made the job waits no more. */
  stopWaiting(id: string): Promise<void> {
    return this.#queue.stopWaiting(id)
  }

  /** The tenant's jobs, newest first, a page at a time. */
  list(tenant: string, options: JobListOptions): Promise<JobPage<Job<Subject, Result>>> {
    return this.#queue.list(tenant, options)
  }

  /** Cancels a job that has not ended; returns it as it then is, or null where the tenant has none of this id. */
  cancel(tenant: string, id: string, actor?: string): Promise<Job<Subject, Result> | null> {
    return this.#queue.cancel(tenant, id, actor)
  }

  /** The job once it has ended; null where the signal aborts, the job is gone or the service stops before. */
  async ended(tenant: string, id: string, signal: AbortSignal): Promise<Job<Subject, Result> | null> {
    const over = AbortSignal.any([signal, this.#closed.signal])
    for (;;) {
      const changed = this.#change(id, over, true)
      const job = await this.#queue.get(tenant, id)
      if (job === null || isFinal(job.status.state)) return job
      if (over.aborted) return null
      await changed
    }
  }

  /**
   * The job as it is, then whenever it may have changed and every `poll` ms, up to its end; it ends sooner where the
   * signal aborts, the job is gone or the service stops.
   */
  async *watch(tenant: string, id: string, signal: AbortSignal): AsyncGenerator<Job<Subject, Result>> {
    const over = AbortSignal.any([signal, this.#closed.signal])
    for (;;) {
      const changed = this.#change(id, over, false)
      const job = await this.#queue.get(tenant, id)
      if (job === null) return
      yield job
      if (isFinal(job.status.state) || over.aborted) return
      await changed
    }
  }

  /** Whether no more jobs are taken on. */
  get stopping(): boolean {
    return this.#stopping
  }

  /** Takes no more jobs on. */
  stop(): void {
    this.#stopping = true
  }

  /** Lets everyone go who waits. */
  close(): void {
    this.#stopping = true
    this.#closed.abort()
    this.#unsubscribe()
    clearInterval(this.#timer)
    this.#wake(null)
  }

  async #refuse(kind: JobKind, status: QueueStatus, count: number): Promise<ZkserveError> {
    const seconds = await this.#secondsFor(status)
    // What is too much at once says nothing of the next.
    if (count > 1) return full(`there is no room for ${count} jobs at once`, seconds)
    const error = full(`${this.#options.room} jobs wait already`, seconds)
    this.#full.set(kind, { error, until: performance.now() + fullFor })
    return error
  }

  /** Seconds until all that are open are done, going by the last ones; at least 1. */
  async #secondsFor({ queued, running, concurrency }: QueueStatus): Promise<number> {
    const mean = (await this.#queue.pace()) ?? firstGuess
    return Math.max(1, Math.ceil((mean * (queued + running)) / Math.max(1, concurrency) / 1000))
  }

  /** Settles when the job may have ended, or changed at all, or the signal aborts. */
  #change(id: string, signal: AbortSignal, endOnly: boolean): Promise<void> {
    const wakers = this.#waiting.get(id) ?? new Set()
    this.#waiting.set(id, wakers)
    return new Promise((resolve) => {
      const done = (): void => {
        wakers.delete(waiter)
        if (wakers.size === 0) this.#waiting.delete(id)
        signal.removeEventListener('abort', done)
        resolve()
      }
      const waiter: Waiter = { wake: done, endOnly }
      wakers.add(waiter)
      signal.addEventListener('abort', done, { once: true })
      if (signal.aborted) done()
    })
  }

  #wake(change: JobChange): void {
    const woken = change === null ? [...this.#waiting.values()] : [this.#waiting.get(change.id) ?? []]
    const mayBeEnd = change === null || isFinal(change.state)
    if (mayBeEnd) this.#full.clear()
    for (const wakers of woken) {
      for (const { wake, endOnly } of [...wakers]) if (mayBeEnd || !endOnly) wake()
    }
  }
}

/** `details.retryAfter` is in seconds. */
function full(reason: string, retryAfter: number): ZkserveError {
  return new ZkserveError('QUEUE_FULL', `no work can be taken on: ${reason}`, { details: { retryAfter } })
}
