import { type Migration, sql } from 'kysely'

/** A model that was ready when its build was cancelled goes with it too; proofs that were asked of it are still made. */
export const yanked: Migration = {
  up: async (database) => {
    await sql`create function yank_model() returns trigger language plpgsql as $$
      begin
        update models set state = 'deleted', deleted_at = clock_timestamp() where job = new.id and state = 'ready';
        return null;
      end $$`.execute(database)
    await sql`create trigger jobs_ready_models after update of state on jobs
      for each row when (new.kind = 'build' and new.state in ('failed', 'cancelled', 'expired'))
      execute function yank_model()`.execute(database)
  },
}
