import { sql } from 'kysely'
import { ZkserveError } from '#circuits/errors.js'
import type { Database } from '#service/database/open-database.js'

/** Seconds after its deadline for which a request is remembered, should clocks differ. */
const margin = 3600

/** Signed requests that were taken on; each once, by whichever process. */
export class SpentRequests {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /**
   * @param digest the request's EIP-712 hash
   * @param deadline in seconds since 1970
   * @throws ZkserveError `ACCESS_REPLAYED`, `DATABASE_UNAVAILABLE`
   */
  async spend(digest: string, deadline: number): Promise<void> {
    const { tables } = this.#database
    await tables.deleteFrom('spent_requests').where('until', '<', sql<Date>`clock_timestamp()`).execute()
    const taken = await tables
      .insertInto('spent_requests')
      .values({ digest, until: sql<Date>`to_timestamp(${deadline + margin})` })
      .onConflict((conflict) => conflict.column('digest').doNothing())
      .returning('digest')
      .executeTakeFirst()
    if (taken === undefined) {
      throw new ZkserveError('ACCESS_REPLAYED', 'this signed request was made before')
    }
  }

  /** What was refused after all may be asked again. */
  async release(digest: string): Promise<void> {
    await this.#database.tables.deleteFrom('spent_requests').where('digest', '=', digest).execute()
  }
}
