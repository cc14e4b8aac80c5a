import type { SerialisedError } from '#circuits/errors.js'
import type { ProvingStage } from '#prover/prove.js'

/** What a proving thread is doing; `load` reads the bundle and its keys. */
export type ProofStage = 'load' | ProvingStage

const proofStages = ['load', 'witness', 'prove', 'verify'] as const satisfies readonly ProofStage[]

/** What a process is doing that builds a model. */
export const buildStages = ['import', 'quantise', 'emit', 'compile', 'setup', 'write', 'store'] as const

export type BuildStage = (typeof buildStages)[number]

/** What is being done for a job; `settle`: its proof is made, and its payment under way. */
export const jobStages = [...proofStages, ...buildStages, 'settle'] as const

export type JobStage = (typeof jobStages)[number]

/** What is to be done: one proof, or the building of a model. */
export type JobKind = 'proof' | 'build'

/** How a job ended. `expired`: its deadline passed. */
export type JobEnd<Result> =
  | { readonly state: 'succeeded'; readonly result: Result }
  | { readonly state: 'failed'; readonly error: SerialisedError }
  | { readonly state: 'cancelled' }
  | { readonly state: 'expired' }

/** queued → running(stage) → an end; back to queued where its worker died. */
export type JobStatus<Result> =
  | { readonly state: 'queued' }
  | { readonly state: 'running'; readonly stage: JobStage }
  | JobEnd<Result>

export type JobState = JobStatus<unknown>['state']

/** A state that a job entered, and in `running` each stage. */
export interface JobStep {
  readonly state: JobState
  readonly stage: JobStage | null
  /** ms since the epoch. */
  readonly at: number
}

/** One piece of accepted work. Times are ms since the epoch. */
export interface Job<Subject, Result> {
  /** 128 random bits in hex. */
  readonly id: string
  /** Whose it is. */
  readonly tenant: string
  readonly kind: JobKind
  /** What the job is about, as its readers see it; no secrets. */
  readonly subject: Subject
  readonly status: JobStatus<Result>
  readonly createdAt: number
  /** When a worker first took it. */
  readonly startedAt: number | null
  readonly finishedAt: number | null
  /** Everything that it went through, in order; it only grows. */
  readonly history: readonly JobStep[]
}

/** Whether the status will not change any more. */
export function isFinal(state: JobState): boolean {
  return state !== 'queued' && state !== 'running'
}
