import { setTimeout as sleep } from 'node:timers/promises'
import { toZkserveError, type ZkserveError } from '#circuits/errors.js'
import type { Claim, WorkerFacts } from '#service/jobs/claim.js'
import { ClaimLoop, type Held } from '#service/jobs/claim-loop.js'
import type { JobEnd, JobStage } from '#service/jobs/job.js'
import type { JobClaims } from '#service/jobs/job-claims.js'

/** Does one job's work. @throws ZkserveError what the job then failed with */
export type Work<Task, Result> = (claim: Claim<Task>, options: WorkOptions) => Promise<Result>

export interface WorkOptions {
  readonly signal: AbortSignal
  readonly onStage: (stage: JobStage) => void
}

export interface JobWorkerOptions extends WorkerFacts {
  /** Told of what the database refuses; the worker goes on trying. */
  readonly onError: (error: ZkserveError) => void
  /** ms between looks at the queue when nobody tells of a new job. */
  readonly poll?: number
}

interface Running extends Held {
  readonly claim: { readonly id: string; readonly attempt: number; readonly memory: number }
  readonly controller: AbortController
}

/** Takes jobs from a queue and does them, as many at once as it may. */
export class JobWorker<Task, Result> {
  readonly #claims: JobClaims<Task, Result>
  readonly #work: Work<Task, Result>
  readonly #options: JobWorkerOptions
  readonly #loop: ClaimLoop<Claim<Task>, Running>
  #unsubscribe: () => void = () => {}
  #timers: NodeJS.Timeout[] = []

  constructor(claims: JobClaims<Task, Result>, work: Work<Task, Result>, options: JobWorkerOptions) {
    this.#claims = claims
    this.#work = work
    this.#options = options
    this.#loop = new ClaimLoop({
      concurrency: options.concurrency,
      claim: () => claims.claim(options, this.#taken()),
      begin: (claim) => {
        const controller = new AbortController()
        return { claim, controller, work: this.#do(claim, controller) }
      },
      onError: (error) => this.#failed(error),
    })
  }

  /** Announces itself and begins. */
  async start(): Promise<void> {
    await this.#claims.announce(this.#options)
    this.#unsubscribe = this.#claims.subscribe((change) => {
      if (change === null || change.state === 'queued') this.#loop.wake()
      else if (change.state === 'cancelled' || change.state === 'expired') this.#abort(change.id)
    })
    const every = (milliseconds: number, work: () => Promise<unknown>) =>
      this.#timers.push(setInterval(() => void work().catch((error) => this.#failed(error)), milliseconds))
    const { lease } = this.#claims
    every(lease / 3, () => this.#claims.announce(this.#options))
    every(this.#options.poll ?? 1000, async () => this.#loop.wake())
    this.#loop.wake()
  }

  /** Takes no more jobs, gives running ones `grace` ms, and gives the rest back to the queue. */
  async stop(grace = 0): Promise<void> {
    this.#unsubscribe()
    for (const timer of this.#timers) clearInterval(timer)
    await this.#loop.stop(grace)
    for (const { claim, controller } of this.#loop.held) {
      // Given back first, so that the end of the work finds a claim that holds no more.
      await this.#claims.release(claim.id, claim.attempt).catch((error) => this.#failed(error))
      controller.abort()
    }
    await this.#loop.ended()
    await this.#claims.leave(this.#options.name).catch((error) => this.#failed(error))
  }

  #failed(error: unknown): void {
    this.#options.onError(toZkserveError(error))
  }

  #abort(id: string): void {
    for (const { claim, controller } of this.#loop.held) if (claim.id === id) controller.abort()
  }

  /** Bytes of the jobs in work. */
  #taken(): number {
    return this.#loop.held.reduce((sum, { claim }) => sum + claim.memory, 0)
  }

  async #do(claim: Claim<Task>, controller: AbortController): Promise<void> {
    const { id, attempt } = claim
    const stopRenewing = this.#keepRenewing(id, attempt, controller)
    // Stages are written one after another, and all of them before the end.
    let written: Promise<unknown> = Promise.resolve()
    const onStage = (stage: JobStage): void => {
      written = written
        .then(() => this.#claims.enter(id, attempt, stage))
        .catch((error) => this.#failed(error))
    }
    let end: JobEnd<Result>
    try {
      end = { state: 'succeeded', result: await this.#work(claim, { signal: controller.signal, onStage }) }
    } catch (error) {
      end = endOf(toZkserveError(error))
    }
    await written
    // Aborted work was cancelled, is another's by now, or went back to the queue: its end is not ours to write.
    if (!controller.signal.aborted) await this.#finish(id, attempt, end, controller.signal)
    stopRenewing()
  }

  /** Writes the end, again and again while the database fails and the lease may still hold. */
  async #finish(id: string, attempt: number, end: JobEnd<Result>, lost: AbortSignal): Promise<void> {
    for (;;) {
      try {
        await this.#claims.finish(id, attempt, end)
        return
      } catch (error) {
        this.#failed(error)
        if (lost.aborted || this.#loop.stopping) return
        await sleep(Math.min(1000, this.#claims.lease / 10))
      }
    }
  }

  /** Renews the lease; work whose lease is lost, or cannot be renewed in time, is aborted: another may do it by now. */
  #keepRenewing(id: string, attempt: number, controller: AbortController): () => void {
    const { lease } = this.#claims
    let heldUntil = performance.now() + lease
    const renew = async (): Promise<void> => {
      const asked = performance.now()
      try {
        if (await this.#claims.renew(id, attempt)) heldUntil = asked + lease
        else controller.abort()
      } catch (error) {
        this.#failed(error)
      }
      if (performance.now() >= heldUntil) controller.abort()
    }
    const timer = setInterval(() => void renew(), lease / 3)
    return () => clearInterval(timer)
  }
}

function endOf(error: ZkserveError): JobEnd<never> {
  return error.code === 'CANCELLED' ? { state: 'cancelled' } : { state: 'failed', error: error.toJSON() }
}
