import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { ZkserveError } from '#circuits/errors.js'
import { distFile } from '#circuits/paths.js'
import type { Backend } from '#prover/backends/backend-names.js'
import type { WorkOptions } from '#service/jobs/job-worker.js'
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

interface Entry {
  readonly controller: AbortController
  started: boolean
  /** Settles when the proof is made or given up. */
  settled: Promise<unknown>
}

/**
 * Proofs on threads of their own: time limits, cancellation that ends the thread. Whoever calls decides how many run at
 * once; those beyond the threads wait for one.
 */
export class ProofPool {
  readonly #options: ProofPoolOptions
  #threads: Piscina<WorkerTask, WorkerReply>
  readonly #entries = new Set<Entry>()
  readonly #keys = new LoadedKeys()
  #closing = false

  constructor(options: ProofPoolOptions) {
    this.#options = options
    this.#threads = this.#createThreads()
  }

  /** Proofs that were begun and have not ended. */
  get running(): number {
    return this.#entries.size
  }

  /** The keys in memory; as of their last proofs, where threads hold some for themselves. */
  loadedKeys(): LoadedKeySummary {
    return this.#keys.summary(new Set(this.#threads.threads.map(({ threadId }) => threadId)))
  }

  /**
   * Makes and verifies one proof. A proof that is cancelled or out of time ends its thread.
   * @param waited ms from the job's creation until now
   * @throws ZkserveError `TIMEOUT`, `CANCELLED`, `BUNDLE_CORRUPT`, `PROVING_FAILED`, `INVALID_INPUT`
   */
  async run(task: ProofTask, options: WorkOptions, waited = 0): Promise<PooledProof> {
    if (this.#closing) throw cancellation('the service is stopping')
    const entry: Entry = { controller: new AbortController(), started: false, settled: Promise.resolve() }
    this.#entries.add(entry)
    const proof = this.#prove(task, options, entry, waited).finally(() => this.#entries.delete(entry))
    entry.settled = proof.catch(() => undefined)
    return proof
  }

  /** Cancels all proofs, and ends the threads. */
  async close(): Promise<void> {
    this.#closing = true
    for (const { controller } of this.#entries) controller.abort(cancellation('the service is stopping'))
    await Promise.all(Array.from(this.#entries, ({ settled }) => settled))
    await this.#threads.destroy()
  }

  async #prove(
    task: ProofTask,
    { signal, onStage }: WorkOptions,
    entry: Entry,
    waited: number,
  ): Promise<PooledProof> {
    const { controller } = entry
    const { proofTimeout } = this.#options
    const abort = (): void => controller.abort(cancellation('the proof was cancelled'))
    const { port1, port2 } = new MessageChannel()
    let timer: NodeJS.Timeout | undefined
    const createdAt = wallClock() - waited
    const onMessage = (stage: WorkerMessage): void => {
      if (!entry.started) {
        entry.started = true
        const timeout = () => controller.abort(timedOut(proofTimeout))
        timer = setTimeout(timeout, proofTimeout)
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
      const queue = Math.max(0, reply.startedAt - createdAt)
      const times = { queue, load: reply.load, whole: endedAt - createdAt }
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
    const { concurrency, keyCache, backend = 'auto', proofThreads = 1, program } = this.#options
    const threads = new Piscina<WorkerTask, WorkerReply>({
      filename: program ?? distFile('service/pool/proof-thread.cjs'),
      minThreads: 0,
      maxThreads: concurrency,
      // Bounded by who calls; threads that are still starting would else count against it.
      maxQueue: Number.POSITIVE_INFINITY,
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
}

function workerError({ error, cause }: Extract<WorkerReply, { readonly error: unknown }>): ZkserveError {
  const { code, message, hints, details } = error
  return new ZkserveError(code, message, { hints, details, ...(cause === undefined ? {} : { cause }) })
}

function cancellation(message: string): ZkserveError {
  return new ZkserveError('CANCELLED', message)
}

function timedOut(limit: number): ZkserveError {
  return new ZkserveError('TIMEOUT', `the proof took more than ${limit} ms`)
}
