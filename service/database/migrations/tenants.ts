import { type Migration, sql } from 'kysely'

/** Those who share the service, their keys and what they used; each job is somebody's. */
export const tenants: Migration = {
  up: async (database) => {
    await database.schema
      .createTable('tenants')
      // Name of the tenant, as the operator chose it.
      .addColumn('id', 'text', (column) => column.primaryKey())
      // What the tenant may use; what is left out is as the settings have it.
      .addColumn('limits', 'jsonb', (column) => column.notNull().defaultTo(sql`'{}'`))
      // Work done for the tenant by its weight: who has least comes next.
      .addColumn('turn', 'double precision', (column) => column.notNull().defaultTo(0))
      .addColumn('disabled_at', 'timestamptz')
      .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`clock_timestamp()`))
      .execute()
    await sql`insert into tenants (id) values ('default')`.execute(database)
    await database.schema
      .createTable('api_keys')
      // The part of the key that is no secret.
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('tenant', 'text', (column) => column.notNull().references('tenants.id').onDelete('cascade'))
      // SHA-256 of the whole key, which has 256 random bits.
      .addColumn('hash', 'bytea', (column) => column.notNull())
      .addColumn('label', 'text', (column) => column.notNull())
      .addColumn('scopes', sql`text[]`, (column) => column.notNull())
      .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`clock_timestamp()`))
      .addColumn('expires_at', 'timestamptz')
      .addColumn('revoked_at', 'timestamptz')
      .execute()
    await database.schema
      .createTable('usage')
      .addColumn('tenant', 'text', (column) => column.notNull().references('tenants.id').onDelete('cascade'))
      // By the database's clock, UTC.
      .addColumn('day', 'date', (column) => column.notNull())
      .addColumn('proofs', 'bigint', (column) => column.notNull().defaultTo(0))
      .addColumn('constraints', 'bigint', (column) => column.notNull().defaultTo(0))
      .addPrimaryKeyConstraint('usage_key', ['tenant', 'day'])
      .execute()
    await database.schema
      .alterTable('jobs')
      .addColumn('tenant', 'text', (column) =>
        column.notNull().defaultTo('default').references('tenants.id').onDelete('cascade'),
      )
      // What the worker is to do: `proof` or `build`.
      .addColumn('kind', 'text', (column) => column.notNull().defaultTo('proof'))
      // Constraints that are proven.
      .addColumn('cost', 'double precision', (column) => column.notNull().defaultTo(1))
      // Bytes that a worker must have for it.
      .addColumn('memory', 'bigint', (column) => column.notNull().defaultTo(0))
      // Digest of the bundle where it is in the store; null where workers have it already or not at all.
      .addColumn('bundle', 'text')
      // Of two jobs of one tenant the higher goes first.
      .addColumn('priority', 'integer', (column) => column.notNull().defaultTo(0))
      .execute()
    await database.schema.alterTable('jobs').dropConstraint('jobs_idempotency_key_key').execute()
    await database.schema
      .alterTable('jobs')
      .addUniqueConstraint('jobs_once', ['tenant', 'idempotency_key'])
      .execute()
    await sql`create index jobs_of_tenant on jobs (tenant, created_at desc, id)`.execute(database)
    await database.schema
      .alterTable('workers')
      // Bytes that all its jobs together may take; null for any.
      .addColumn('memory', 'bigint')
      .addColumn('kinds', sql`text[]`, (column) => column.notNull().defaultTo(sql`'{proof}'`))
      .execute()
  },
}
