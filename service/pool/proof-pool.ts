import { setTimeout } from 'node:timers/promises'
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { ZkserveError } from '#circuits/errors.js'
import { distFile } from '#circuits/paths.js'
import type { Backend } from '#prover/backends/create-prover.js'
import type { WorkOptions } from '#service/jobs/job-worker.js'
import { DurationEstimate } from '#service/pool/duration-estimate.js'
import { type LoadedKeySummary, LoadedKeys } from '#service/pool/loaded-keys.js'
import {
  type PooledProof,
  type ProofTask,
  type WorkerMessage,
  type WorkerReply,
  type WorkerSettings,
  type WorkerTask,
  wallClock,
} from '#service/pool/messages.js'

export interface ProofPoolOptions {
  /** Threads, each making one proof at a time. */
  readonly concurrency: number
  /** Proofs that may wait for a thread. */
  readonly queueSize: number
  /** Bundles that each thread keeps loaded. */
  readonly keyCache: number
  readonly backend?: Backend
  /** Threads of one proof; one by default. */
  readonly proofThreads?: number
  /** Longest time for one proof from its start, in ms. */
  readonly proofTimeout: number
  /** Compiled program of the threads; zkserve's own by default. */
  readonly program?: string
}

export interface ProofPoolStatus {
  readonly running: number
  readonly queued: number
  readonly concurrency: number
  readonly queueSize: number
}

interface Entry {
  readonly controller: AbortController
  started: boolean
  /** Settles when the proof is made or given up. */
  settled: Promise<unknown>
}

/** Proofs on threads of their own: a bounded queue, time limits, cancellation that ends the thread. */
export class ProofPool {
  readonly #options: ProofPoolOptions
  #threads: Piscina<WorkerTask, WorkerReply>
  readonly #entries = new Set<Entry>()
  readonly #estimate = new DurationEstimate()
  readonly #keys = new LoadedKeys()
  #closing = false

  constructor(options: ProofPoolOptions) {
    this.#options = options
    this.#threads = this.#createThreads()
  }

  get status(): ProofPoolStatus {
    const { concurrency, queueSize } = this.#options
    const running = Math.min(this.#entries.size, concurrency)
    return { running, queued: this.#entries.size - running, concurrency, queueSize }
  }

  /** The keys in memory; as of their last proofs, where threads hold some for themselves. */
  loadedKeys(): LoadedKeySummary {
    return this.#keys.summary(new Set(this.#threads.threads.map(({ threadId }) => threadId)))
  }

  /** Whether the pool takes no proofs any more. */
  get closing(): boolean {
    return this.#closing
  }

  admit(): void {
    if (this.#closing) throw full('the service is stopping', this.#retryAfter())
    const { concurrency, queueSize } = this.#options
    if (this.#entries.size < concurrency + queueSize) return
    throw full(`${queueSize} proofs wait already`, this.#retryAfter())
  }

  /**
   * Makes and verifies one proof. A proof that is cancelled or out of time ends its thread.
   * @throws ZkserveError `QUEUE_FULL`, `TIMEOUT`, `CANCELLED`, `BUNDLE_CORRUPT`, `PROVING_FAILED`, `INVALID_INPUT`
   */
  async run(task: ProofTask, options: WorkOptions): Promise<PooledProof> {
    this.admit()
    const entry: Entry = { controller: new AbortController(), started: false, settled: Promise.resolve() }
    this.#entries.add(entry)
    const proof = this.#prove(task, options, entry).finally(() => this.#entries.delete(entry))
    entry.settled = proof.catch(() => undefined)
    return proof
  }

  /** Refuses new proofs, cancels waiting ones, gives running ones `grace` ms, and ends the threads. */
  async close(grace = 0): Promise<void> {
    this.#closing = true
    for (const { started, controller } of this.#entries) {
      if (!started) controller.abort(cancellation('the service is stopping'))
    }
    const running = Promise.all(Array.from(this.#entries, ({ settled }) => settled))
    const timer = new AbortController()
    await Promise.race([running, setTimeout(grace, null, { signal: timer.signal }).catch(() => null)])
    timer.abort()
    for (const { controller } of this.#entries) controller.abort(cancellation('the service is stopping'))
    await running
    await this.#threads.destroy()
  }

  async #prove(task: ProofTask, { signal, onStage }: WorkOptions, entry: Entry): Promise<PooledProof> {
    const { controller } = entry
    const { proofTimeout } = this.#options
    const abort = (): void => controller.abort(cancellation('the proof was cancelled'))
    const { port1, port2 } = new MessageChannel()
    let timer: NodeJS.Timeout | undefined
    const submittedAt = wallClock()
    const onMessage = (stage: WorkerMessage): void => {
      if (!entry.started) {
        entry.started = true
        const timeout = () => controller.abort(timedOut(proofTimeout))
        timer = globalThis.setTimeout(timeout, proofTimeout)
      }
      onStage(stage)
    }
    port1.on('message', onMessage)
    const cancelled = new SharedArrayBuffer(1)
    controller.signal.addEventListener('abort', () => Atomics.store(new Uint8Array(cancelled), 0, 1), {
      once: true,
    })
    try {
      if (signal.aborted) abort()
      signal.addEventListener('abort', abort, { once: true })
      const run = { transferList: [port2], signal: controller.signal }
      const reply = await this.#threads.run({ ...task, port: port2, cancelled }, run)
      // A quick proof comes before the messages of its own stages.
      for (let late = receiveMessageOnPort(port1); late !== undefined; late = receiveMessageOnPort(port1)) {
        onMessage(late.message)
      }
      if ('error' in reply) throw workerError(reply)
      this.#keys.tell(reply.held)
      const endedAt = wallClock()
      this.#estimate.add(endedAt - reply.startedAt)
      const queue = Math.max(0, reply.startedAt - submittedAt)
      const times = { queue, load: reply.load, whole: endedAt - submittedAt }
      return { ...reply.proven, timings: { ...times, ...reply.proven.timings } }
    } catch (error) {
      if (controller.signal.aborted) throw controller.signal.reason
      if (error instanceof ZkserveError) throw error
      throw new ZkserveError('PROVING_FAILED', 'the proving thread ended early', { cause: error })
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      port1.close()
    }
  }

  #createThreads(): Piscina<WorkerTask, WorkerReply> {
    const { concurrency, queueSize, keyCache, backend = 'auto', proofThreads = 1, program } = this.#options
    const threads = new Piscina<WorkerTask, WorkerReply>({
      filename: program ?? distFile('service/pool/proof-worker.js'),
      minThreads: 0,
      maxThreads: concurrency,
      // The bound is kept here; threads that are still starting would else count against Piscina's.
      maxQueue: concurrency + queueSize,
      idleTimeout: Number.POSITIVE_INFINITY,
      workerData: { keyCache, backend, threads: proofThreads, mod: 'data:,' } satisfies WorkerSettings,
      // Threads run compiled code, whatever runs the pool.
      execArgv: [],
    })
    threads.on('error', (cause: unknown) => this.#onThreadError(cause))
    return threads
  }

  /**
   * A thread failed outside any proof, most likely while it started. Piscina then starts no more threads, and what
   * waits for one would wait for ever: it fails, and later proofs get new threads.
   */
  #onThreadError(cause: unknown): void {
    const error = new ZkserveError('PROVING_FAILED', 'a proving thread could not start', { cause })
    for (const { started, controller } of this.#entries) if (!started) controller.abort(error)
    if (this.#closing) return
    void this.#threads.close()
    this.#threads = this.#createThreads()
  }

  /** Seconds that so many proofs take, going by those that were made. */
  secondsFor(proofs: number, concurrency: number): number {
    return this.#estimate.secondsFor(proofs, Math.max(1, concurrency))
  }

  #retryAfter(): number {
    return this.secondsFor(this.#entries.size, this.#options.concurrency)
  }
}

function workerError({ error, cause }: Extract<WorkerReply, { readonly error: unknown }>): ZkserveError {
  const { code, message, hints, details } = error
  return new ZkserveError(code, message, { hints, details, ...(cause === undefined ? {} : { cause }) })
}

/** `details.retryAfter` is in seconds. */
function full(reason: string, retryAfter: number): ZkserveError {
  return new ZkserveError('QUEUE_FULL', `no proof can be taken on: ${reason}`, { details: { retryAfter } })
}

function cancellation(message: string): ZkserveError {
  return new ZkserveError('CANCELLED', message)
}

function timedOut(limit: number): ZkserveError {
  return new ZkserveError('TIMEOUT', `the proof took more than ${limit} ms`)
}
