import type { FastifyBaseLogger } from 'fastify'
import type { ZkserveError } from '#circuits/errors.js'
import { ModelBuilder } from '#service/builds/model-builder.js'
import type { Uploads } from '#service/builds/uploads.js'
import type { Config } from '#service/config/schema.js'
import type { JobResult } from '#service/http/schemas/job.js'
import type { JobClaims } from '#service/jobs/job-claims.js'
import { JobWorker } from '#service/jobs/job-worker.js'
import type { ServiceTask } from '#service/jobs/tasks.js'
import { workByKind } from '#service/jobs/work-by-kind.js'
import type { OpenModels } from '#service/models/open-models.js'
import { tracedWork } from '#service/telemetry/traced-work.js'

export interface StartBuilder {
  readonly config: Config
  readonly claims: JobClaims<ServiceTask, JobResult>
  readonly catalogue: OpenModels
  readonly uploads: Uploads
  /** Name of the process among the workers. */
  readonly name: string
  readonly log: FastifyBaseLogger
  readonly onError: (error: ZkserveError) => void
}

/** Starts to build uploaded models, beside the proofs; null where this process has no store, or leaves it to others. */
export async function startBuilder(given: StartBuilder): Promise<JobWorker<ServiceTask, JobResult> | null> {
  const { config, claims, catalogue, uploads, name, log, onError } = given
  const { registry, store } = catalogue
  if (store === null || config.buildConcurrency === 0) return null
  const builder = new ModelBuilder({ config, registry, uploads, store })
  await builder.start()
  const work = workByKind<JobResult>({
    proof: null,
    build: async (claim, options) => {
      const reply = await builder.build(claim, options)
      catalogue.forget()
      return reply
    },
  })
  const worker = new JobWorker(claims, tracedWork(work, log), {
    ...{ name: `${name}-builds`, concurrency: config.buildConcurrency, kinds: ['build'] as const },
    ...{ models: [], store: true, memory: null, onError },
  })
  await worker.start()
  return worker
}
