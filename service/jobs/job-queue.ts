import type { Job, JobEnd, JobState, ProofStage } from '#service/jobs/job.js'

/** Work to be taken on. */
export interface NewJob<Task, Subject> {
  /** vkHash of the model: only workers that have it take the job. */
  readonly model: string
  readonly subject: Subject
  /** What the worker needs; kept until the job ends, then erased. */
  readonly task: Task
  /** ms from now after which nobody wants the result; null for no deadline. */
  readonly deadline: number | null
  /** Given where the request may come again. */
  readonly once?: Once | null
}

/** What is kept of a request with an Idempotency-Key, as long as its job, to answer its repetitions alike. */
export interface Once {
  readonly key: string
  /** SHA-256 of the payload in hex: the key stands for no other. */
  readonly fingerprint: string
  /** JSON that is sent beside the job where the request does not wait for its end. */
  readonly answer: unknown
  /** Whether it waits for the end of the job, so that its answer is not known before. */
  readonly waits: boolean
}

/** A request that came before, and its job. */
export interface Remembered<Subject, Result> extends Once {
  readonly job: Job<Subject, Result>
}

/** A job in the hands of one worker. */
export interface Claim<Task> {
  readonly id: string
  readonly task: Task
  /** Number of the claim, from 1: the fencing token. What an earlier claim writes is refused. */
  readonly attempt: number
}

/** A worker as it announces itself. */
export interface WorkerFacts {
  readonly name: string
  /** Jobs that it does at once. */
  readonly concurrency: number
  /** vkHashes of its models. */
  readonly models: readonly string[]
}

export interface QueueStatus {
  readonly queued: number
  readonly running: number
  /** Jobs that all live workers together do at once. */
  readonly concurrency: number
}

/** A job entered a state, or another stage of `running`; `null`: anything may have changed. */
export type JobChange = { readonly id: string; readonly state: JobState } | null

/**
 * Jobs and who works on them. A claim is a lease: it lapses unless it is renewed, and the job goes to another worker;
 * after `attempts` lapsed claims it fails with WORKER_LOST. Every implementation behaves alike; they differ in what
 * survives the process.
 */
export interface JobQueue<Task, Subject, Result> {
  /** Time of a lease, in ms. */
  readonly lease: number
  /**
   * Takes a job on; when this settles it is kept as safely as the implementation can.
   * @param room jobs that may wait beside those that the workers can do at once
   * @returns null where there is no room, or another job has the key of `once`
   */
  create(job: NewJob<Task, Subject>, room: number): Promise<Job<Subject, Result> | null>
  /** The request that came with this key, or null. */
  recall(key: string): Promise<Remembered<Subject, Result> | null>
  /** The request that made the job waits no more: its answer is that of requests that never did. */
  stopWaiting(id: string): Promise<void>
  /** The job, or null where the id is unknown or its time is over. */
  get(id: string): Promise<Job<Subject, Result> | null>
  /** Cancels a job that has not ended; returns it as it then is, or null where it is unknown. */
  cancel(id: string): Promise<Job<Subject, Result> | null>
  /** Says that a worker lives; to be repeated within the time of a lease. */
  announce(worker: WorkerFacts): Promise<void>
  /** The worker is going; its claims are released one by one. */
  leave(name: string): Promise<void>
  /** The oldest waiting job of the worker's models, or null. */
  claim(worker: WorkerFacts): Promise<Claim<Task> | null>
  /** Extends a lease. @returns false where the claim is no longer valid */
  renew(id: string, attempt: number): Promise<boolean>
  /** Tells what the worker is doing. @returns false where the claim is no longer valid */
  enter(id: string, attempt: number, stage: ProofStage): Promise<boolean>
  /** Ends a job. @returns false where the claim is no longer valid; the job is then as it was */
  finish(id: string, attempt: number, end: JobEnd<Result>): Promise<boolean>
  /** Gives a job back unharmed: the claim does not count. */
  release(id: string, attempt: number): Promise<void>
  /** Puts lapsed claims right, ends what is past its deadline, and forgets what ended long ago. */
  sweep(): Promise<void>
  status(): Promise<QueueStatus>
  /** Calls back when jobs change. @returns ends it */
  subscribe(listener: (change: JobChange) => void): () => void
  close(): Promise<void>
}

/** Where queues keep jobs that ended. */
export interface Retention {
  /** Time for which an ended job is kept, in ms. */
  readonly lifetime: number
  /** Ended jobs kept at most; the oldest go first. */
  readonly limit: number
}

/** Claims that may lapse before a job is given up. */
export const attempts = 3
