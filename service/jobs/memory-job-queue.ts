import { randomBytes } from 'node:crypto'
import { isFinal, type Job, type JobEnd, type JobStatus, type ProofStage } from '#service/jobs/job.js'
import {
  attempts,
  type Claim,
  type JobChange,
  type JobQueue,
  type NewJob,
  type Once,
  type QueueStatus,
  type Remembered,
  type Retention,
  type WorkerFacts,
} from '#service/jobs/job-queue.js'
import { workerLost } from '#service/jobs/worker-lost.js'

export interface MemoryJobQueueOptions extends Retention {
  /** Time of a lease, in ms. */
  readonly lease: number
  /** The clock, in ms. */
  readonly now?: () => number
}

interface Entry<Task, Subject, Result> {
  job: Job<Subject, Result>
  readonly model: string
  task: Task | null
  attempt: number
  /** ms since the epoch, as `deadline`. */
  leaseUntil: number
  readonly deadline: number | null
  once: Once | null
}

/** Jobs in memory: they end with the process. */
export class MemoryJobQueue<Task, Subject, Result> implements JobQueue<Task, Subject, Result> {
  readonly lease: number
  readonly #entries = new Map<string, Entry<Task, Subject, Result>>()
  /** Jobs' ids by the keys of the requests that made them. */
  readonly #keys = new Map<string, string>()
  readonly #workers = new Map<string, WorkerFacts & { readonly seenAt: number }>()
  readonly #listeners = new Set<(change: JobChange) => void>()
  readonly #retention: Retention
  readonly #now: () => number

  constructor({ lease, now = Date.now, ...retention }: MemoryJobQueueOptions) {
    this.lease = lease
    this.#retention = retention
    this.#now = now
  }

  async create(given: NewJob<Task, Subject>, room: number): Promise<Job<Subject, Result> | null> {
    const { queued, running, concurrency } = await this.status()
    if (queued + running >= concurrency + room) return null
    const { once = null } = given
    if (once !== null && this.#keys.has(once.key)) return null
    const now = this.#now()
    const job: Job<Subject, Result> = {
      id: randomBytes(16).toString('hex'),
      subject: given.subject,
      status: { state: 'queued' },
      createdAt: now,
      startedAt: null,
      finishedAt: null,
      history: [{ state: 'queued', stage: null, at: now }],
    }
    const deadline = given.deadline === null ? null : now + given.deadline
    this.#entries.set(job.id, {
      job,
      model: given.model,
      task: given.task,
      attempt: 0,
      leaseUntil: 0,
      deadline,
      once,
    })
    if (once !== null) this.#keys.set(once.key, job.id)
    this.#tell(job)
    return job
  }

  async get(id: string): Promise<Job<Subject, Result> | null> {
    await this.sweep()
    return this.#entries.get(id)?.job ?? null
  }

  async recall(key: string): Promise<Remembered<Subject, Result> | null> {
    await this.sweep()
    const entry = this.#entries.get(this.#keys.get(key) ?? '')
    return entry?.once == null ? null : { ...entry.once, job: entry.job }
  }

  async stopWaiting(id: string): Promise<void> {
    const entry = this.#entries.get(id)
    if (entry?.once != null) entry.once = { ...entry.once, waits: false }
  }

  async cancel(id: string): Promise<Job<Subject, Result> | null> {
    const entry = this.#entries.get(id)
    if (entry === undefined) return null
    if (!isFinal(entry.job.status.state)) this.#move(entry, { state: 'cancelled' })
    return entry.job
  }

  async announce(worker: WorkerFacts): Promise<void> {
    this.#workers.set(worker.name, { ...worker, seenAt: this.#now() })
  }

  async leave(name: string): Promise<void> {
    this.#workers.delete(name)
    if (this.#workers.size > 0) return
    // Nobody else will come.
    for (const entry of this.#entries.values()) {
      if (!isFinal(entry.job.status.state)) this.#move(entry, { state: 'cancelled' })
    }
  }

  async claim({ models }: WorkerFacts): Promise<Claim<Task> | null> {
    await this.sweep()
    for (const entry of this.#entries.values()) {
      if (entry.job.status.state !== 'queued' || !models.includes(entry.model)) continue
      entry.attempt++
      entry.leaseUntil = this.#now() + this.lease
      this.#move(entry, { state: 'running', stage: 'load' })
      return { id: entry.job.id, task: entry.task!, attempt: entry.attempt }
    }
    return null
  }

  async renew(id: string, attempt: number): Promise<boolean> {
    const entry = this.#held(id, attempt)
    if (entry !== null) entry.leaseUntil = this.#now() + this.lease
    return entry !== null
  }

  async enter(id: string, attempt: number, stage: ProofStage): Promise<boolean> {
    return this.#moveHeld(id, attempt, { state: 'running', stage })
  }

  async finish(id: string, attempt: number, end: JobEnd<Result>): Promise<boolean> {
    return this.#moveHeld(id, attempt, end)
  }

  async release(id: string, attempt: number): Promise<void> {
    const entry = this.#held(id, attempt)
    if (entry === null) return
    this.#move(entry, { state: 'queued' })
    entry.attempt--
  }

  async sweep(): Promise<void> {
    const now = this.#now()
    const ended: string[] = []
    for (const entry of this.#entries.values()) {
      const { state } = entry.job.status
      if (isFinal(state)) ended.push(entry.job.id)
      else if (entry.deadline !== null && entry.deadline <= now) this.#move(entry, { state: 'expired' })
      else if (state === 'running' && entry.leaseUntil <= now) {
        const given = entry.attempt >= attempts
        this.#move(entry, given ? { state: 'failed', error: workerLost() } : { state: 'queued' })
      }
    }
    const { lifetime, limit } = this.#retention
    ended.sort((a, b) => this.#finishedAt(a) - this.#finishedAt(b))
    for (const [index, id] of ended.entries()) {
      if (ended.length - index > limit || this.#finishedAt(id) <= now - lifetime) this.#forget(id)
    }
  }

  async status(): Promise<QueueStatus> {
    const states = Array.from(this.#entries.values(), ({ job }) => job.status.state)
    const live = [...this.#workers.values()].filter(({ seenAt }) => seenAt > this.#now() - 2 * this.lease)
    return {
      queued: states.filter((state) => state === 'queued').length,
      running: states.filter((state) => state === 'running').length,
      concurrency: live.reduce((sum, { concurrency }) => sum + concurrency, 0),
    }
  }

  subscribe(listener: (change: JobChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.#listeners.clear()
    this.#entries.clear()
    this.#keys.clear()
    this.#workers.clear()
  }

  #forget(id: string): void {
    const { once } = this.#entries.get(id)!
    this.#entries.delete(id)
    if (once !== null) this.#keys.delete(once.key)
  }

  #held(id: string, attempt: number): Entry<Task, Subject, Result> | null {
    const entry = this.#entries.get(id)
    const held = entry?.job.status.state === 'running' && entry.attempt === attempt
    return held ? entry : null
  }

  #moveHeld(id: string, attempt: number, status: JobStatus<Result>): boolean {
    const entry = this.#held(id, attempt)
    if (entry !== null) this.#move(entry, status)
    return entry !== null
  }

  #move(entry: Entry<Task, Subject, Result>, status: JobStatus<Result>): void {
    const now = this.#now()
    const final = isFinal(status.state)
    const stage = status.state === 'running' ? status.stage : null
    const { history } = entry.job
    const last = history.at(-1)
    const isNew = last?.state !== status.state || last.stage !== stage
    entry.job = {
      ...entry.job,
      status,
      startedAt: entry.job.startedAt ?? (status.state === 'running' ? now : null),
      finishedAt: final ? now : null,
      history: isNew ? [...history, { state: status.state, stage, at: now }] : history,
    }
    if (final) entry.task = null
    this.#tell(entry.job)
  }

  #tell({ id, status: { state } }: Job<Subject, Result>): void {
    for (const listener of this.#listeners) listener({ id, state })
  }

  #finishedAt(id: string): number {
    return this.#entries.get(id)!.job.finishedAt!
  }
}
