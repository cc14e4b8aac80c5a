import { type Migration, sql } from 'kysely'

/** What remains of a watcher's requests and transactions when they are forgotten, and fees for data. */
export const watcherTotals: Migration = {
  up: async (database) => {
    await database.schema
      .createTable('oracle_totals')
      .addColumn('watch', 'integer', (column) => column.notNull().references('oracle_watches.id'))
      // As metrics name it: `fulfilled`, or the reason.
      .addColumn('outcome', 'text', (column) => column.notNull())
      .addColumn('count', 'bigint', (column) => column.notNull())
      // In wei, after royalty.
      .addColumn('earned', 'numeric', (column) => column.notNull())
      .addPrimaryKeyConstraint('oracle_totals_key', ['watch', 'outcome'])
      .execute()
    // In wei, by transactions that were forgotten.
    await sql`alter table oracle_watches add column spent numeric not null default 0`.execute(database)
    // In wei: what a transaction's data was expected to cost beside gas.
    await sql`alter table oracle_transactions add column data_fee text not null default '0'`.execute(database)
    await sql`create index oracle_requests_ended on oracle_requests (watch, finished_at)
      where finished_at is not null`.execute(database)
  },
}
