import type { Transaction } from 'kysely'
import type { Tables } from '#service/database/tables.js'
import type { Job, JobKind } from '#service/jobs/job.js'

/** Work to be taken on. */
export interface NewJob<Task, Subject> {
  /** 128 random bits in hex; drawn where it is left out. */
  readonly id?: string
  /** Id of the tenant whose job it is. */
  readonly tenant: string
  readonly kind: JobKind
  /** Who asks for it, as the audit log names it; `client` by default. */
  readonly actor?: string
  /** vkHash of the model: workers that have it take the job; empty where none is needed. */
  readonly model: string
  /** Digest of the bundle in the store, from which workers take what they do not have; null where it is not there. */
  readonly bundle: string | null
  readonly subject: Subject
  /** What the worker needs; kept until the job ends, then erased. */
  readonly task: Task
  /** ms from now after which nobody wants the result; null for no deadline. */
  readonly deadline: number | null
  /** Constraints that are proven: what the job counts beside those of other tenants. */
  readonly cost: number
  /** Bytes that a worker must have for it. */
  readonly memory: number
  /** Of two jobs of one tenant the higher goes first; 0 by default. */
  readonly priority?: number
  /** Given where the request may come again. */
  readonly once?: Once | null
  /** What pays for it, and for the jobs that are given with it; nobody where it is left out. */
  readonly payment?: JobPayment | null
}

/** A payment that was checked. */
export interface JobPayment {
  /** 128 random bits in hex. */
  readonly id: string
  /** Keeps it, in the transaction that takes the jobs on. @throws ZkserveError `PAYMENT_REPLAYED` */
  readonly take: (tables: Transaction<Tables>) => Promise<void>
}

/** What is kept of a request with an Idempotency-Key, as long as its job, to answer its repetitions alike. */
export interface Once {
  /** Unique among the tenant's. */
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
