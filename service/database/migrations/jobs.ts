import { type Migration, sql } from 'kysely'
import { jobChannel } from '#service/database/channels.js'

/** Jobs, and the workers that do them. */
export const jobs: Migration = {
  up: async (database) => {
    await database.schema
      .createTable('jobs')
      .addColumn('id', 'char(32)', (column) => column.primaryKey())
      // vkHash of the model that the proof is of.
      .addColumn('model', 'text', (column) => column.notNull())
      // What readers of the job see of it.
      .addColumn('subject', 'json', (column) => column.notNull())
      // The input; erased when the job ends.
      .addColumn('task', 'bytea')
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('stage', 'text')
      // Claims so far. The fencing token: what an earlier claim writes is refused.
      .addColumn('attempt', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('worker', 'text')
      .addColumn('lease_until', 'timestamptz')
      .addColumn('deadline', 'timestamptz')
      .addColumn('result', 'json')
      .addColumn('error', 'json')
      .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`clock_timestamp()`))
      .addColumn('started_at', 'timestamptz')
      .addColumn('finished_at', 'timestamptz')
      .execute()
    await sql`create index jobs_queued on jobs (created_at) where state = 'queued'`.execute(database)
    await sql`create index jobs_running on jobs (lease_until) where state = 'running'`.execute(database)
    await sql`create index jobs_finished on jobs (finished_at) where finished_at is not null`.execute(
      database,
    )
    await sql`create function tell_job() returns trigger language plpgsql as $$
      begin
        perform pg_notify(${sql.lit(jobChannel)}, new.id || ' ' || new.state);
        return null;
      end $$`.execute(database)
    await sql`create trigger jobs_told after insert or update of state on jobs
      for each row execute function tell_job()`.execute(database)
    await database.schema
      .createTable('workers')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('concurrency', 'integer', (column) => column.notNull())
      .addColumn('models', sql`text[]`, (column) => column.notNull())
      .addColumn('seen_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`clock_timestamp()`))
      .execute()
  },
}
