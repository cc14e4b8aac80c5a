import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '#service/config/schema.js'
import { openEmbedded, openPostgres } from '#service/database/open-database.js'
import { DatabaseJobQueue } from '#service/jobs/database-job-queue.js'
import { type InferTask, inferTaskCodec } from '#service/jobs/infer-task.js'
import type { JobQueue } from '#service/jobs/job-queue.js'
import { MemoryJobQueue } from '#service/jobs/memory-job-queue.js'

/** ms for which a claim holds without renewal: two of them after a worker's death its jobs run again. */
const lease = 10_000

/**
 * The queue that the settings name: `memory`, `embedded` in the data directory, or a Postgres address.
 * @throws ZkserveError `DATABASE_UNAVAILABLE`, `DATA_DIRECTORY_IN_USE`, `FILE_NOT_FOUND`
 */
export async function openJobQueue<Subject, Result>(
  { database, dataDir, jobLifetime: lifetime, jobLimit: limit }: Config,
  log: FastifyBaseLogger,
): Promise<JobQueue<InferTask, Subject, Result>> {
  const retention = { lease, lifetime, limit }
  if (database === 'memory') return new MemoryJobQueue(retention)
  const alone = database === 'embedded'
  const opened = alone
    ? await openEmbedded(dataDir)
    : await openPostgres(database, (error) => log.warn({ err: error }, 'a database connection broke'))
  return DatabaseJobQueue.open(opened, { ...retention, tasks: inferTaskCodec, alone })
}
