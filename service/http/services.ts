import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { FastifyBaseLogger } from 'fastify'
import { toZkserveError } from '#circuits/errors.js'
import type { Config } from '#service/config/schema.js'
import { proofReply } from '#service/http/proof-reply.js'
import type { ProofReply } from '#service/http/schemas/inference.js'
import type { ModelHashes } from '#service/http/schemas/model.js'
import type { InferTask } from '#service/jobs/infer-task.js'
import type { JobQueue } from '#service/jobs/job-queue.js'
import { JobWorker, type Work } from '#service/jobs/job-worker.js'
import { Jobs } from '#service/jobs/jobs.js'
import { openJobQueue } from '#service/jobs/open-job-queue.js'
import { ServiceMetrics } from '#service/metrics/service-metrics.js'
import { Registrations } from '#service/models/registrations.js'
import type { ServedModels } from '#service/models/served-models.js'
import { ProofPool } from '#service/pool/proof-pool.js'
import { signReceipt } from '#service/receipts/sign-receipt.js'
import type { ReceiptSigner } from '#service/receipts/signer.js'

/** What the routes stand on. */
export interface Services {
  readonly config: Config
  readonly models: ServedModels
  readonly registrations: Registrations
  readonly pool: ProofPool
  readonly queue: JobQueue<InferTask, ModelHashes, ProofReply>
  readonly jobs: Jobs<InferTask, ModelHashes, ProofReply>
  /** Null where this process makes no proofs. */
  readonly worker: JobWorker<InferTask, ProofReply> | null
  /** Signs receipts; null where there are none, or where other processes make the proofs. */
  readonly signer: ReceiptSigner | null
  readonly metrics: ServiceMetrics
}

/** Opens the queue, and starts pool and worker. @throws ZkserveError `DATABASE_UNAVAILABLE`, `DATA_DIRECTORY_IN_USE` */
export async function createServices(
  config: Config,
  models: ServedModels,
  signer: ReceiptSigner | null,
  log: FastifyBaseLogger,
): Promise<Services> {
  const registrations = new Registrations(config.registrations, models)
  const queue = await openJobQueue<ModelHashes, ProofReply>(config, log)
  const pool = new ProofPool({ ...config, queueSize: 0 })
  const names = models.bundles.map(({ manifest }) => manifest.name)
  const metrics = new ServiceMetrics(names, pool, queue)
  const jobs = new Jobs(queue, {
    room: config.queueSize,
    retryAfter: (open, concurrency) => pool.secondsFor(open, concurrency),
  })
  const worker =
    config.role === 'api'
      ? null
      : new JobWorker(queue, proveTask({ models, pool, signer, metrics, log }), {
          name: `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`,
          concurrency: config.concurrency,
          models: models.bundles.map(({ manifest }) => manifest.vkHash),
          onError: (error) => log.error({ code: error.code, err: error.cause ?? error }, error.message),
        })
  await worker?.start()
  return { config, models, registrations, pool, queue, jobs, worker, signer, metrics }
}

type Proving = Pick<Services, 'models' | 'pool' | 'signer' | 'metrics'> & { readonly log: FastifyBaseLogger }

function proveTask({ models, pool, signer, metrics, log }: Proving): Work<InferTask, ProofReply> {
  return async ({ registration, ...task }, options) => {
    const bundle = models.find(task.vkHash)
    const { name } = bundle.manifest
    try {
      const proven = await pool.run({ ...task, dir: bundle.dir }, options)
      const { manifest } = bundle
      // Signed once: the receipt is kept with the result.
      const receipt = signer && (await signReceipt(signer, { ...proven, manifest }))
      const reply = proofReply(bundle, proven, registration, receipt)
      metrics.proofMade(name, proven.timings)
      return reply
    } catch (thrown) {
      const error = toZkserveError(thrown)
      metrics.proofFailed(name, error.code)
      // What fails inside is told to the client by its code alone.
      if (error.status === 500) log.error({ code: error.code, err: error, cause: error.cause }, error.message)
      throw error
    }
  }
}

/** Ends what {@link createServices} started: running proofs get `grace` ms, the rest goes back to the queue. */
export async function closeServices({ jobs, worker, pool }: Services, grace: number): Promise<void> {
  jobs.stop()
  await worker?.stop(grace)
  jobs.close()
  await pool.close()
}
