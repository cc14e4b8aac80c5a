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

type Asked = Pick<Services, 'models' | 'jobs' | 'queue' | 'database' | 'drain'>

/** Ready is who is not stopping, reaches database and queue, and has a worker for every model that it serves. */
export async function readinessOf({ models, jobs, queue, database, drain }: Asked): Promise<Readiness> {
  if (jobs.stopping || drain.begun) return { reason: 'stopping', queue: null }
  try {
    const status = await queue.status()
    const unready = (reason: string): Readiness => ({ reason, queue: status })
    if (models.bundles.length === 0) return unready('no model is served')
    if (status.concurrency === 0) return unready('no worker is there')
    const keys = models.bundles.map(({ manifest }) => manifest.vkHash)
    const [key] = await modelsWithoutWorker(database, keys, lease)
    if (key !== undefined) return unready(`no worker has the model "${models.findOwn(key).manifest.name}"`)
    return { reason: null, queue: status }
  } catch {
    return { reason: 'the database does not answer', queue: null }
  }
}
