import type { Config } from '#service/config/schema.js'
import { proofReply } from '#service/http/proof-reply.js'
import type { ProofReply } from '#service/http/schemas/inference.js'
import type { ModelHashes } from '#service/http/schemas/model.js'
import { JobRunner } from '#service/jobs/job-runner.js'
import type { JobStore } from '#service/jobs/job-store.js'
import { MemoryJobStore } from '#service/jobs/memory-job-store.js'
import type { ServedModels } from '#service/models/served-models.js'
import type { ProofTask } from '#service/pool/messages.js'
import { ProofPool } from '#service/pool/proof-pool.js'

/** What the routes stand on. */
export interface Services {
  readonly config: Config
  readonly models: ServedModels
  readonly pool: ProofPool
  readonly jobs: JobRunner<ProofTask, ModelHashes, ProofReply>
  readonly store: JobStore<ModelHashes, ProofReply>
}

/** Starts pool and job store. */
export function createServices(config: Config, models: ServedModels): Services {
  const pool = new ProofPool(config)
  const store = new MemoryJobStore<ModelHashes, ProofReply>({
    lifetime: config.jobLifetime,
    limit: config.jobLimit,
  })
  const jobs = new JobRunner<ProofTask, ModelHashes, ProofReply>(store, {
    admit: () => pool.admit(),
    run: async (task, options) => proofReply(models.find(task.vkHash), await pool.run(task, options)),
  })
  return { config, models, pool, jobs, store }
}
