import { type Migration, sql } from 'kysely'

/** What a watcher of an InferenceOracle knows of the chain, of its requests, and of its own transactions. */
export const oracle: Migration = {
  up: async (database) => {
    // One row for each oracle that an account answers. Of the processes that do so, the one with the lease works.
    await database.schema
      .createTable('oracle_watches')
      .addColumn('id', 'serial', (column) => column.primaryKey())
      .addColumn('chain_id', 'text', (column) => column.notNull())
      .addColumn('oracle', 'text', (column) => column.notNull())
      .addColumn('account', 'text', (column) => column.notNull())
      .addColumn('owner', 'text')
      .addColumn('lease_until', 'timestamptz')
      // Number of the lease: the fencing token. What an earlier holder writes is refused.
      .addColumn('fence', 'integer', (column) => column.notNull().defaultTo(0))
      .addUniqueConstraint('oracle_watches_once', ['chain_id', 'oracle', 'account'])
      .execute()
    // Blocks up to which events were read; the highest is the cursor, the others find a reorganisation's root.
    await database.schema
      .createTable('oracle_blocks')
      .addColumn('watch', 'integer', (column) => column.notNull().references('oracle_watches.id'))
      .addColumn('number', 'bigint', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull())
      // Id of the request that comes next; null where none was seen yet.
      .addColumn('next_request', 'text')
      .addPrimaryKeyConstraint('oracle_blocks_key', ['watch', 'number'])
      .execute()
    await database.schema
      .createTable('oracle_requests')
      .addColumn('id', 'serial', (column) => column.primaryKey())
      .addColumn('watch', 'integer', (column) => column.notNull().references('oracle_watches.id'))
      .addColumn('request', 'text', (column) => column.notNull())
      // Hash of the event: after a reorganisation the same number may be another question.
      .addColumn('digest', 'text', (column) => column.notNull())
      .addColumn('block', 'bigint', (column) => column.notNull())
      .addColumn('question', 'jsonb', (column) => column.notNull())
      // `open`, `proving`, `proven`, `sent`; ends: `fulfilled`, `lost`, `skipped`, `gone`.
      .addColumn('state', 'text', (column) => column.notNull().defaultTo('open'))
      .addColumn('reason', 'text')
      .addColumn('job', 'text')
      // Jobs that failed, and answers that were refused.
      .addColumn('tries', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('answer', 'jsonb')
      // When it is looked at again.
      .addColumn('next_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`clock_timestamp()`))
      // The block whose state ended it.
      .addColumn('end_block', 'bigint')
      // In wei, after royalty.
      .addColumn('earned', 'text')
      .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`clock_timestamp()`))
      .addColumn('finished_at', 'timestamptz')
      .addUniqueConstraint('oracle_requests_once', ['watch', 'request', 'digest'])
      .execute()
    await sql`create index oracle_requests_live on oracle_requests (watch, next_at)
      where state in ('open', 'proving', 'proven', 'sent')`.execute(database)
    // Every transaction as it was signed, before it was sent: after a restart the same is sent again. Those with the
    // same nonce replace each other; one at most is mined.
    await database.schema
      .createTable('oracle_transactions')
      .addColumn('id', 'serial', (column) => column.primaryKey())
      .addColumn('watch', 'integer', (column) => column.notNull().references('oracle_watches.id'))
      .addColumn('nonce', 'bigint', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull())
      .addColumn('raw', 'text', (column) => column.notNull())
      // Ids of the requests' rows; none where it only takes the place of another.
      .addColumn('requests', 'jsonb', (column) => column.notNull())
      // Gas limit, fees in wei.
      .addColumn('gas', 'text', (column) => column.notNull())
      .addColumn('max_fee', 'text', (column) => column.notNull())
      .addColumn('priority_fee', 'text', (column) => column.notNull())
      // `pending`, `mined`, or `replaced` by another of its nonce.
      .addColumn('state', 'text', (column) => column.notNull().defaultTo('pending'))
      .addColumn('block', 'bigint')
      // In wei, of what was mined.
      .addColumn('cost', 'text')
      .addColumn('signed_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`clock_timestamp()`))
      .execute()
    await sql`create index oracle_transactions_live on oracle_transactions (watch, nonce) where state = 'pending'`.execute(
      database,
    )
    // Inputs behind commitments, as their owners handed them in; sealed.
    await database.schema
      .createTable('oracle_openings')
      .addColumn('tenant', 'text', (column) => column.notNull().references('tenants.id').onDelete('cascade'))
      .addColumn('vk_hash', 'text', (column) => column.notNull())
      .addColumn('commitment', 'text', (column) => column.notNull())
      .addColumn('opening', 'bytea', (column) => column.notNull())
      .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`clock_timestamp()`))
      .addPrimaryKeyConstraint('oracle_openings_key', ['vk_hash', 'commitment'])
      .execute()
  },
}
