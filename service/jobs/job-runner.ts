import { toZkserveError, type ZkserveError } from '#circuits/errors.js'
import { isFinal, type Job, type JobStatus, type ProofStage } from '#service/jobs/job.js'
import type { JobStore } from '#service/jobs/job-store.js'

/** What carries out jobs. */
export interface JobWork<Task, Result> {
  /** @throws ZkserveError `QUEUE_FULL` where no more work is taken */
  admit(): void
  run(task: Task, options: WorkOptions): Promise<Result>
}

export interface WorkOptions {
  readonly signal: AbortSignal
  readonly onStage: (stage: ProofStage) => void
}

/** A job that was taken on, and its end. */
export interface Submission<Subject, Result> {
  readonly job: Job<Subject, Result>
  /** Settles with the job in its final state; never rejects. */
  readonly finished: Promise<Job<Subject, Result>>
}

/** Takes work on, keeps its state in the store, and cancels it. */
export class JobRunner<Task, Subject, Result> {
  readonly #store: JobStore<Subject, Result>
  readonly #work: JobWork<Task, Result>
  readonly #running = new Map<string, AbortController>()

  constructor(store: JobStore<Subject, Result>, work: JobWork<Task, Result>) {
    this.#store = store
    this.#work = work
  }

  /** @throws ZkserveError `QUEUE_FULL` */
  async submit(task: Task, subject: Subject): Promise<Submission<Subject, Result>> {
    this.#work.admit()
    const job = await this.#store.create(subject)
    return { job, finished: this.#run(job, task) }
  }

  get(id: string): Promise<Job<Subject, Result> | null> {
    return this.#store.get(id)
  }

  /** Cancels a job that is not finished; returns it as it then is, or null where the id is unknown. */
  async cancel(id: string): Promise<Job<Subject, Result> | null> {
    const job = await this.#store.advance(id, { state: 'cancelled' })
    this.#running.get(id)?.abort()
    return job
  }

  async #run(job: Job<Subject, Result>, task: Task): Promise<Job<Subject, Result>> {
    const { id } = job
    const controller = new AbortController()
    this.#running.set(id, controller)
    const advance = (status: JobStatus<Result>) => this.#store.advance(id, status)
    // Stages are written one after another, and all of them before the final state.
    let written: Promise<unknown> = Promise.resolve()
    const onStage = (stage: ProofStage): void => {
      written = written.then(() => advance({ state: 'running', stage }))
    }
    let end: JobStatus<Result>
    try {
      end = { state: 'succeeded', result: await this.#work.run(task, { signal: controller.signal, onStage }) }
    } catch (error) {
      end = endOf(toZkserveError(error))
    }
    this.#running.delete(id)
    await written
    const last = (await advance(end)) ?? job
    // A store that lost the job keeps no state; who waits still learns the end.
    return isFinal(last.status) ? last : { ...last, status: end }
  }
}

function endOf(error: ZkserveError): JobStatus<never> {
  return error.code === 'CANCELLED' ? { state: 'cancelled' } : { state: 'failed', error: error.toJSON() }
}
