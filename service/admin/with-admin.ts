import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { ZkserveError } from '#circuits/errors.js'
import { callService } from '#service/admin/call-service.js'
import { type AdminCall, callHere, checkArguments } from '#service/admin/operations.js'
import type { Config } from '#service/config/schema.js'
import { openConfigured } from '#service/database/open-configured.js'
import type { Database } from '#service/database/open-database.js'

/** A service that starts holds its directory for some seconds before it can be asked. */
const [attempts, pause] = [20, 500]

/**
 * Asks for operations: a Postgres server is opened here; of an embedded database the service that holds it is asked,
 * and where none runs it is opened here.
 * @throws ZkserveError `DATABASE_UNAVAILABLE`, `DATA_DIRECTORY_IN_USE`, `FILE_NOT_FOUND`, `USAGE`, those of the work
 */
export async function withAdmin<Result>(
  { database, dataDir }: Pick<Config, 'database' | 'dataDir'>,
  work: (call: AdminCall) => Promise<Result>,
): Promise<Result> {
  if (database === 'memory') {
    throw new ZkserveError('USAGE', 'a database in memory is its process alone', {
      hints: ['Give --data-dir of an embedded database, or the address of a Postgres server by --database.'],
    })
  }
  if (database === 'embedded' && !existsSync(dataDir)) {
    throw new ZkserveError('FILE_NOT_FOUND', `there is no data directory "${dataDir}"`, {
      hints: ['Give that of the service by --data-dir; `zkserve serve` makes one when it first starts.'],
    })
  }
  let opened: Database | undefined
  const call: AdminCall = async (...asked) => {
    // Before a database is opened for nothing.
    checkArguments(...asked)
    for (let attempt = 1; opened === undefined; attempt++) {
      if (database === 'embedded') {
        const answer = await callService(dataDir)(...asked)
        if (answer !== null) return answer
      }
      try {
        opened = await openConfigured({ database, dataDir }, { warn: () => undefined })
      } catch (error) {
        const held = error instanceof ZkserveError && error.code === 'DATA_DIRECTORY_IN_USE'
        if (!held || attempt === attempts) throw error
        await setTimeout(pause)
      }
    }
    return callHere({ database: opened })(...asked)
  }
  try {
    return await work(call)
  } finally {
    await opened?.close()
  }
}
