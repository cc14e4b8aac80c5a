import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '#service/config/schema.js'
import { type Database, openEmbedded, openMemory, openPostgres } from '#service/database/open-database.js'

/**
 * The database that the settings name: `embedded` in the data directory, `memory`, or a Postgres address.
 * @throws ZkserveError `DATABASE_UNAVAILABLE`, `DATA_DIRECTORY_IN_USE`, `FILE_NOT_FOUND`
 */
export async function openConfigured(
  { database, dataDir }: Pick<Config, 'database' | 'dataDir'>,
  log: Pick<FastifyBaseLogger, 'warn'>,
): Promise<Database> {
  if (database === 'memory') return openMemory()
  if (database === 'embedded') return openEmbedded(dataDir)
  return openPostgres(database, (error) => log.warn({ err: error }, 'a database connection broke'))
}
