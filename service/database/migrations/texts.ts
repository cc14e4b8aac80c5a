import { type Migration, sql } from 'kysely'

/** Results and answers as sealed texts. What was kept in clear cannot be sealed here: those jobs go. */
export const texts: Migration = {
  up: async (database) => {
    await sql`delete from jobs`.execute(database)
    await database.schema
      .alterTable('jobs')
      .dropColumn('result')
      .dropColumn('fingerprint')
      .dropColumn('answer')
      .execute()
    await database.schema
      .alterTable('jobs')
      // What the job gave; with its salt, the input could be guessed from its commitment.
      .addColumn('result', 'text')
      // Of a request with a key: the SHA-256 of its payload, and what it was answered beside the job.
      .addColumn('request', 'text')
      .execute()
  },
}
