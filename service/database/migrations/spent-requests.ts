import type { Migration } from 'kysely'

/** Signed requests that were taken on, until nobody could send them again. */
export const spentRequests: Migration = {
  up: async (database) => {
    await database.schema
      .createTable('spent_requests')
      // The request's EIP-712 hash, 0x hex.
      .addColumn('digest', 'text', (column) => column.primaryKey())
      .addColumn('until', 'timestamptz', (column) => column.notNull())
      .execute()
    await database.schema.createIndex('spent_requests_until').on('spent_requests').column('until').execute()
  },
}
