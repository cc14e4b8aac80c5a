import { type Migration, sql } from 'kysely'

/** What jobs count against the quota of their tenant, and when each key was used. */
export const usage: Migration = {
  up: async (database) => {
    // By the minute: not every request writes.
    await database.schema.alterTable('api_keys').addColumn('used_at', 'timestamptz').execute()
    await sql`create index api_keys_of_tenant on api_keys (tenant, created_at)`.execute(database)
    // What was reserved at a job's creation goes back where it failed, and where it ended before a worker had it.
    // Here, since jobs end in many places and each must do it.
    await sql`create function refund_usage() returns trigger language plpgsql as $$
      begin
        update usage set proofs = greatest(proofs - 1, 0), constraints = greatest(constraints - new.cost::bigint, 0)
          where tenant = new.tenant and day = (new.created_at at time zone 'UTC')::date;
        return null;
      end $$`.execute(database)
    await sql`create trigger jobs_refunded after update of state on jobs for each row
      when (new.kind = 'proof' and old.state in ('queued', 'running') and
        (new.state = 'failed' or (new.state in ('cancelled', 'expired') and new.attempt = 0)))
      execute function refund_usage()`.execute(database)
  },
}
