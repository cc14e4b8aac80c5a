import { type Migration, sql } from 'kysely'

/** The models that are in the store of bundles, or on their way there. */
export const uploads: Migration = {
  up: async (database) => {
    await database.schema
      .createTable('models')
      // 128 random bits in hex.
      .addColumn('id', 'char(32)', (column) => column.primaryKey())
      // Null: the operator's, for all.
      .addColumn('tenant', 'text', (column) => column.references('tenants.id').onDelete('cascade'))
      .addColumn('name', 'text', (column) => column.notNull())
      // From 1 on for each tenant and name.
      .addColumn('version', 'integer', (column) => column.notNull())
      // `building`, `ready`, `failed` or `deleted`.
      .addColumn('state', 'text', (column) => column.notNull().defaultTo('building'))
      // The bundle's hashes and its manifest's digest, which names it in the store; null before they are known.
      .addColumn('vk_hash', 'text')
      .addColumn('model_hash', 'text')
      .addColumn('digest', 'text')
      // The job that builds it.
      .addColumn('job', 'char(32)')
      // Why it could not be built.
      .addColumn('error', 'json')
      // The bundle's manifest and its report; json, because the text of a manifest has its order.
      .addColumn('manifest', 'json')
      .addColumn('report', 'json')
      // What the upload asked for.
      .addColumn('options', 'json')
      .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`clock_timestamp()`))
      .addColumn('ready_at', 'timestamptz')
      .addColumn('deleted_at', 'timestamptz')
      .execute()
    await sql`create unique index models_versions on models (coalesce(tenant, ''), name, version)`.execute(
      database,
    )
    await sql`create unique index models_ready on models (coalesce(tenant, ''), vk_hash) where state = 'ready'`.execute(
      database,
    )
    await sql`create index models_by_key on models (vk_hash)`.execute(database)
    await sql`create index models_by_hash on models (model_hash)`.execute(database)
    await sql`create index models_of_job on models (job)`.execute(database)
    // A build that ends otherwise than well takes its model with it, whoever ended it.
    await sql`create function fail_model() returns trigger language plpgsql as $$
      begin
        update models set state = 'failed', error = coalesce(new.error,
          json_build_object('code', case new.state when 'expired' then 'EXPIRED' else 'CANCELLED' end,
            'message', 'the build was ' || case new.state when 'expired' then 'not done in time' else new.state end,
            'hints', json_build_array(), 'details', json_build_object()))
          where job = new.id and state = 'building';
        return null;
      end $$`.execute(database)
    await sql`create trigger jobs_models after update of state on jobs
      for each row when (new.kind = 'build' and new.state in ('failed', 'cancelled', 'expired'))
      execute function fail_model()`.execute(database)
    // Whose the blobs in the store are: only who knows this number may remove some.
    await database.schema
      .createTable('store_owner')
      .addColumn('id', 'char(32)', (column) => column.primaryKey())
      .execute()
    await sql`insert into store_owner values (replace(gen_random_uuid()::text, '-', ''))`.execute(database)
  },
}
