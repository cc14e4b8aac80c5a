import { lease, type Services } from '#service/http/services.js'
import { modelsWithoutWorker } from '#service/jobs/able-workers.js'
import type { QueueStatus } from '#service/jobs/claim.js'

/** Whether the service takes work, and why not. */
export interface Readiness {
  /** Null where it is ready. */
  readonly reason: string | null
  /** As far as the database tells. */
  readonly queue: QueueStatus | null
}

type Asked = Pick<Services, 'catalogue' | 'models' | 'jobs' | 'queue' | 'database' | 'drain'>

/** Ready is who is not stopping, reaches database and queue, and has a worker for every model that it serves. */
export async function readinessOf({
  catalogue,
  models,
  jobs,
  queue,
  database,
  drain,
}: Asked): Promise<Readiness> {
  if (jobs.stopping || drain.begun) return { reason: 'stopping', queue: null }
  try {
    const status = await queue.status()
    const unready = (reason: string): Readiness => ({ reason, queue: status })
    // Where there is a store, tenants bring models.
    if (models.bundles.length === 0 && catalogue.store === null) return unready('no model is served')
    if (status.concurrency === 0) return unready('no worker is there')
    const served = models.bundles.map((bundle) => models.provable(bundle))
    const [lacking] = await modelsWithoutWorker(database, served, lease)
    if (lacking !== undefined)
      return unready(`no worker has the model "${models.findOwn(lacking.vkHash).manifest.name}"`)
    return { reason: null, queue: status }
  } catch {
    return { reason: 'the database does not answer', queue: null }
  }
}
