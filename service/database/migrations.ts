import { type Kysely, type Migration, type MigrationProvider, Migrator, sql } from 'kysely'
import { ZkserveError } from '#circuits/errors.js'
import type { Tables } from '#service/database/tables.js'

/** Channel on which every new state or stage of a job is told, as `id state`. */
export const jobChannel = 'zkserve_jobs'

const jobs: Migration = {
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

const keys: Migration = {
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

const steps: Migration = {
  up: async (database) => {
    // Every state and stage that a job entered, with its time in ms since the epoch; it only grows.
    await sql`alter table jobs add column history jsonb not null default '[]'`.execute(database)
    const step = sql`jsonb_build_object('state', new.state, 'stage', new.stage,
      'at', (extract(epoch from clock_timestamp()) * 1000)::bigint)`
    await sql`update jobs as new set history = jsonb_build_array(${step})`.execute(database)
    await sql`create function note_step() returns trigger language plpgsql as $$
      begin
        if tg_op = 'INSERT' or (old.state, old.stage) is distinct from (new.state, new.stage) then
          new.history := new.history || ${step};
        end if;
        return new;
      end $$`.execute(database)
    await sql`create trigger jobs_noted before insert or update of state, stage on jobs
      for each row execute function note_step()`.execute(database)
    await sql`drop trigger jobs_told on jobs`.execute(database)
    await sql`create trigger jobs_told after insert or update of state, stage on jobs
      for each row execute function tell_job()`.execute(database)
  },
}

/** In the order of their names. */
const provider: MigrationProvider = {
  getMigrations: async () => ({ '2026-11-jobs': jobs, '2026-11-keys': keys, '2026-11-steps': steps }),
}

/** Brings the tables up to date; several processes may start at once. @throws ZkserveError `DATABASE_UNAVAILABLE` */
export async function migrate(database: Kysely<Tables>): Promise<void> {
  const { error } = await new Migrator({ db: database, provider }).migrateToLatest()
  if (error === undefined) return
  throw new ZkserveError(
    'DATABASE_UNAVAILABLE',
    `the tables could not be brought up to date: ${(error as Error).message}`,
    { cause: error },
  )
}
