import { type Migration, sql } from 'kysely'

/** Whose turn it is: start-time fair queuing over tenants (Goyal, Vin, Cheng 1996). */
export const turns: Migration = {
  up: async (database) => {
    // A tenant that begins to wait starts where the others are: idle time is no credit, and what it had while nobody
    // else waited is no debt.
    await sql`create function start_turn() returns trigger language plpgsql as $$
      declare
        start double precision;
      begin
        if exists (select from jobs where tenant = new.tenant and state = 'queued' and id <> new.id) then
          return new;
        end if;
        select min(turn) into start from tenants
          where id in (select tenant from jobs where state = 'queued' and tenant <> new.tenant);
        if start is null then
          select max(turn) into start from tenants;
        end if;
        update tenants set turn = start where id = new.tenant and turn < start;
        return new;
      end $$`.execute(database)
    // Before each row: of many that one command changes, the first does not see the others.
    await sql`create trigger jobs_waiting before insert or update of state on jobs
      for each row when (new.state = 'queued') execute function start_turn()`.execute(database)
    await sql`drop index jobs_queued`.execute(database)
    await sql`create index jobs_queued on jobs (tenant, priority desc, created_at, id) where state = 'queued'`.execute(
      database,
    )
    await database.schema
      .alterTable('workers')
      // Whether it takes models from the store.
      .addColumn('store', 'boolean', (column) => column.notNull().defaultTo(false))
      .execute()
  },
}
