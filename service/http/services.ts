import type { FastifyBaseLogger } from 'fastify'
import { toZkserveError } from '#circuits/errors.js'
import type { Config } from '#service/config/schema.js'
import { proofReply } from '#service/http/proof-reply.js'
import type { ProofReply } from '#service/http/schemas/inference.js'
import type { ModelHashes } from '#service/http/schemas/model.js'
import { JobRunner } from '#service/jobs/job-runner.js'
import type { JobStore } from '#service/jobs/job-store.js'
import { MemoryJobStore } from '#service/jobs/memory-job-store.js'
import { ServiceMetrics } from '#service/metrics/service-metrics.js'
import { type Registration, Registrations } from '#service/models/registrations.js'
import type { ServedModels } from '#service/models/served-models.js'
import type { ProofTask } from '#service/pool/messages.js'
import { ProofPool } from '#service/pool/proof-pool.js'

/** One proof, and where its model is registered, for the reply's calldata. */
export interface InferTask extends ProofTask {
  readonly registration: Registration | null
}

/** What the routes stand on. */
export interface Services {
  readonly config: Config
  readonly models: ServedModels
  readonly registrations: Registrations
  readonly pool: ProofPool
  readonly jobs: JobRunner<InferTask, ModelHashes, ProofReply>
  readonly store: JobStore<ModelHashes, ProofReply>
  readonly metrics: ServiceMetrics
}

/** Starts pool, job store and metrics. */
export function createServices(config: Config, models: ServedModels, log: FastifyBaseLogger): Services {
  const registrations = new Registrations(config.registrations, models)
  const pool = new ProofPool(config)
  const names = models.bundles.map(({ manifest }) => manifest.name)
  const metrics = new ServiceMetrics(names, pool)
  const store = new MemoryJobStore<ModelHashes, ProofReply>({
    lifetime: config.jobLifetime,
    limit: config.jobLimit,
  })
  const jobs = new JobRunner<InferTask, ModelHashes, ProofReply>(store, {
    admit: () => pool.admit(),
    run: async ({ registration, ...task }, options) => {
      const bundle = models.find(task.vkHash)
      const { name } = bundle.manifest
      try {
        const proven = await pool.run(task, options)
        const reply = proofReply(bundle, proven, registration)
        metrics.proofMade(name, proven.timings)
        return reply
      } catch (thrown) {
        const error = toZkserveError(thrown)
        metrics.proofFailed(name, error.code)
        // What fails inside is told to the client by its code alone.
        if (error.status === 500)
          log.error({ code: error.code, err: error, cause: error.cause }, error.message)
        throw error
      }
    },
  })
  return { config, models, registrations, pool, jobs, store, metrics }
}
