import type { MessagePort } from 'node:worker_threads'
import type { SerialisedError } from '#circuits/errors.js'
import type { FloatTensor } from '#circuits/graph/graph.js'
import type { Backend } from '#prover/backends/backend-names.js'
import type { ProofBinding } from '#prover/context.js'
import type { ProofTimings, ProvenInference } from '#prover/prove.js'
import type { ProofStage } from '#service/jobs/job.js'
import type { HeldKeys } from '#service/pool/loaded-keys.js'

/** One proof to make; crosses to a thread by structured clone. */
export interface ProofTask {
  /** Directory of the bundle. */
  readonly dir: string
  /** Hash of the bundle's verifying key: names the bundle in caches. */
  readonly vkHash: string
  readonly inputs: ReadonlyMap<string, FloatTensor>
  readonly context: ProofBinding
  /** Drawn by the prover where absent. */
  readonly salt?: bigint
}

/** A task with the port over which the thread tells its stages, as {@link ProofStage}. */
export interface WorkerTask extends ProofTask {
  readonly port: MessagePort
  /** One byte that becomes 1 when the proof is given up: ending the thread waits for what runs natively. */
  readonly cancelled: SharedArrayBuffer
}

/** Milliseconds of a job, from its creation. */
export interface PooledTimings extends ProofTimings {
  /** Until a proving thread took it. */
  readonly queue: number
  /** Reading the bundle and its keys; next to nothing where the thread holds them. */
  readonly load: number
  /** From creation to the proof. */
  readonly whole: number
}

export interface PooledProof extends ProvenInference {
  readonly timings: PooledTimings
}

/** `startedAt` is by {@link wallClock}, `load` in ms; `cause` is for the log: the trace of what lies behind the error. */
export type WorkerReply =
  | {
      readonly proven: ProvenInference
      readonly startedAt: number
      readonly load: number
      readonly held: HeldKeys
    }
  | { readonly error: SerialisedError; readonly cause?: string }

export interface WorkerSettings {
  /** Bundles that a thread keeps loaded. */
  readonly keyCache: number
  readonly backend: Backend
  /** Threads of one proof. */
  readonly threads: number
  /**
   * The package web-worker, which snarkjs depends on, takes any thread for its own and runs what this names: an
   * empty program.
   */
  readonly mod: 'data:,'
}

/** What a thread says over the port. */
export type WorkerMessage = ProofStage

/** Milliseconds since the epoch with fractions: the same in all threads, unlike `performance.now()`. */
export function wallClock(): number {
  return performance.timeOrigin + performance.now()
}
