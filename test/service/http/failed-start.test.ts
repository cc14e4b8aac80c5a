import { Client } from 'pg'
import { expect, test } from 'vitest'
import { postgresPrograms, startPostgres } from '#scripts/fleet/postgres.js'
import { ServiceProcess } from '#scripts/fleet/service-process.js'
import { pairBundle } from '../support/bundles.js'

/** Announcing its worker is the last thing that a service does before it listens. */
test.skipIf(postgresPrograms() === null)(
  'a service whose start fails half-way ends',
  { timeout: 180_000 },
  async () => {
    const postgres = await startPostgres()
    const start = async (): Promise<ServiceProcess> =>
      ServiceProcess.start({
        flags: ['--port', '0', '--database', postgres.url, '--models', await pairBundle()],
        environment: { ZKSERVE_ENCRYPTION_KEYS: '5a'.repeat(32) },
      })
    await (await start()).kill()
    const client = new Client({ connectionString: postgres.url })
    try {
      await client.connect()
      await client.query('begin; lock table workers in access exclusive mode')
      await expect(start()).rejects.toThrow('DATABASE_UNAVAILABLE')
    } finally {
      await client.end()
      postgres.end()
    }
  },
)
