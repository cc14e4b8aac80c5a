import { type Migration, sql } from 'kysely'

/** What each job went through. */
export const steps: Migration = {
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
