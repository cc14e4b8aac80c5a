import type { Migration } from 'kysely'

/** Requests that may come again. */
export const keys: Migration = {
  up: async (database) => {
    await database.schema
      .alterTable('jobs')
      // Idempotency-Key of the request that made the job; one job has it.
      .addColumn('idempotency_key', 'text', (column) => column.unique())
      // SHA-256 of that request's payload in hex.
      .addColumn('fingerprint', 'text')
      // What the request was answered beside the job.
      .addColumn('answer', 'json')
      // Whether the request waits for the job's end, so that its answer is not known yet.
      .addColumn('waits', 'boolean', (column) => column.notNull().defaultTo(false))
      .execute()
  },
}
