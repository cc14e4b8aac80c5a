import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { ErrorCode } from '#circuits/error-table.js'
import type { QueueStatus } from '#service/jobs/claim.js'
import { processMetrics } from '#service/metrics/process-metrics.js'
import type { PooledTimings } from '#service/pool/messages.js'
import type { ProofPool } from '#service/pool/proof-pool.js'
import type { AttemptOutcome } from '#service/webhooks/delivery-queue.js'

/** Upper ends of the histograms' buckets, in seconds. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]

/** Steps of a proof, in their order. */
const steps = ['queue', 'load', 'inference', 'witness', 'prove', 'verify', 'whole'] as const

/**
 * What the service tells Prometheus. Labels are bounded: names of served models, codes of the error table, stages of
 * the provers.
 */
export class ServiceMetrics {
  /** All metrics of the process. */
  readonly registry = new Registry()
  readonly #models: ReadonlySet<string>
  readonly #proofs: Counter<'model' | 'outcome'>
  readonly #times: Histogram<'stage'>
  readonly #cpu: Histogram<'stage'>
  readonly #attempts: Counter<'outcome'>

  /** @param models names of the served models */
  constructor(
    models: readonly string[],
    pool: Pick<ProofPool, 'running' | 'loadedKeys'>,
    queue: { status(): Promise<QueueStatus> },
  ) {
    this.#models = new Set(models)
    const registers = [this.registry]
    this.#proofs = new Counter({
      registers,
      name: 'zkserve_proofs_total',
      help: 'Proofs that ended, by model and outcome: ok or an error code.',
      labelNames: ['model', 'outcome'],
    })
    this.#times = new Histogram({
      registers,
      name: 'zkserve_proof_seconds',
      help: 'Wall time of the steps of proofs that were made; queue and whole count from the creation of the job.',
      labelNames: ['stage'],
      buckets,
    })
    this.#cpu = new Histogram({
      registers,
      name: 'zkserve_prover_cpu_seconds',
      help: 'CPU time of the parts of the step prove over all threads, where the back end tells it.',
      labelNames: ['stage'],
      buckets,
    })
    this.#attempts = new Counter({
      registers,
      name: 'zkserve_webhook_attempts_total',
      help: 'Messages sent to webhooks, by outcome: delivered, retry or failed.',
      labelNames: ['outcome'],
    })
    const gauge = (name: string, help: string, read: () => number | Promise<number>): void => {
      const metric: Gauge = new Gauge({
        registers,
        name,
        help,
        collect: async () => metric.set(await read()),
      })
    }
    // A database that does not answer must not hide the other metrics.
    const waiting = async () => (await queue.status().catch(() => null))?.queued ?? Number.NaN
    const counter = (name: string, help: string, read: () => number): void => {
      const collect = (): void => {
        metric.reset()
        metric.inc(read())
      }
      const metric: Counter = new Counter({ registers, name, help, collect })
    }
    gauge('zkserve_queue_depth', 'Jobs that wait for a worker, of all processes.', waiting)
    gauge('zkserve_proofs_running', 'Proofs in work.', () => pool.running)
    gauge(
      'zkserve_loaded_keys',
      'Proving keys in memory; one that threads share counts once.',
      () => pool.loadedKeys().count,
    )
    gauge(
      'zkserve_loaded_key_bytes',
      'Memory that they take, of mapped files included.',
      () => pool.loadedKeys().bytes,
    )
    for (const { kind, name, help, read } of processMetrics) {
      const add = kind === 'gauge' ? gauge : counter
      add(name, help, read)
    }
    for (const model of models) this.#proofs.inc({ model, outcome: 'ok' }, 0)
  }

  /** Counts a proof that was made. */
  proofMade(model: string, timings: PooledTimings): void {
    this.#proofs.inc({ model: this.#labelOf(model), outcome: 'ok' })
    for (const stage of steps) this.#times.observe({ stage }, timings[stage] / 1000)
    for (const [stage, time] of Object.entries(timings.stages ?? {})) {
      this.#cpu.observe({ stage }, time / 1000)
    }
  }

  /** Counts a proof that was not made. */
  proofFailed(model: string, outcome: ErrorCode): void {
    this.#proofs.inc({ model: this.#labelOf(model), outcome })
  }

  /** Counts an attempt to tell a webhook. */
  webhookAttempted(outcome: AttemptOutcome): void {
    this.#attempts.inc({ outcome })
  }

  /** Names that tenants gave are theirs, and might be any number. */
  #labelOf(model: string): string {
    return this.#models.has(model) ? model : 'uploaded'
  }

  /** Media type of {@link text}. */
  get contentType(): string {
    return this.registry.contentType
  }

  /** All metrics in Prometheus' text form. */
  text(): Promise<string> {
    return this.registry.metrics()
  }
}
