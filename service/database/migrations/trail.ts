import { type Migration, sql } from 'kysely'
import { auditTable } from '#service/audit/audit-table.js'

/**
 * The audit log. The database itself makes the chain, in the transaction of the change that it tells of: no process
 * can forget to. `service/audit/audit-record.ts` says what is hashed.
 */
export const trail: Migration = {
  up: async (database) => {
    await database.schema
      .createTable('audit_log')
      // 1, 2, 3, …, without gaps.
      .addColumn('seq', 'bigint', (column) => column.primaryKey())
      // ms since the epoch.
      .addColumn('at', 'bigint', (column) => column.notNull())
      // Empty where it is nobody's.
      .addColumn('tenant', 'text', (column) => column.notNull())
      .addColumn('actor', 'text', (column) => column.notNull())
      .addColumn('action', 'text', (column) => column.notNull())
      // A JSON object as text, which is hashed as it stands.
      .addColumn('subject', 'text', (column) => column.notNull())
      // SHA-256 in hex.
      .addColumn('previous', 'char(64)', (column) => column.notNull())
      .addColumn('hash', 'char(64)', (column) => column.notNull())
      .execute()
    await sql`create function audit_field(content text) returns text language sql immutable as $$
      select octet_length(convert_to(content, 'UTF8')) || ':' || content || ','
    $$`.execute(database)
    // The lock `audit` of locks.ts. It is held to the end of the transaction: no gaps, no forks.
    await sql`create function audit_append(tenant text, actor text, action text, subject jsonb) returns void
      language plpgsql as $$
      declare
        number bigint := 0;
        before text := repeat('0', 64);
        moment bigint;
      begin
        perform pg_advisory_xact_lock(7215002);
        select seq, hash into number, before from audit_log order by seq desc limit 1;
        number := coalesce(number, 0) + 1;
        before := coalesce(before, repeat('0', 64));
        moment := (extract(epoch from clock_timestamp()) * 1000)::bigint;
        insert into audit_log values (number, moment, coalesce(tenant, ''), actor, action, subject::text, before,
          encode(sha256(convert_to(audit_field('zkserve audit v1') || audit_field(before)
            || audit_field(number::text) || audit_field(moment::text) || audit_field(coalesce(tenant, ''))
            || audit_field(actor) || audit_field(action) || audit_field(subject::text), 'UTF8')), 'hex'));
      end $$`.execute(database)
    await sql`create function audit_grows() returns trigger language plpgsql as $$
      begin
        raise exception 'the audit log only grows';
      end $$`.execute(database)
    await sql`create trigger audit_log_grows before update or delete or truncate on audit_log
      for each statement execute function audit_grows()`.execute(database)
    await sql`create function audit_picked(line jsonb, names text[]) returns jsonb language sql immutable as $$
      select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(line) where key = any(names)
    $$`.execute(database)
    await sql`create function audit_row() returns trigger language plpgsql as $$
      declare
        line jsonb;
        told jsonb;
      begin
        if tg_op = 'DELETE' then line := to_jsonb(old); else line := to_jsonb(new); end if;
        told := audit_picked(line, tg_argv[3:]);
        if tg_op = 'UPDATE' and told = audit_picked(to_jsonb(old), tg_argv[3:]) then return null; end if;
        perform audit_append(line ->> tg_argv[1],
          coalesce(nullif(current_setting('zkserve.actor', true), ''), tg_argv[2]),
          tg_argv[0] || case tg_op when 'INSERT' then '.added' when 'UPDATE' then '.changed' else '.deleted' end,
          told);
        return null;
      end $$`.execute(database)
    // The first 16 digits of a job's id find it; all 32 would be the key to its result.
    await sql`create function audit_job() returns trigger language plpgsql as $$
      declare
        about jsonb := jsonb_build_object('job', left(new.id, 16), 'kind', new.kind, 'model', new.model);
        client text := coalesce(nullif(current_setting('zkserve.actor', true), ''), 'client');
      begin
        if tg_op = 'INSERT' then
          perform audit_append(new.tenant, client, 'job.accepted', about);
        else
          if new.state = 'failed' then about := about || jsonb_build_object('code', new.error ->> 'code'); end if;
          perform audit_append(new.tenant,
            case new.state when 'cancelled' then client when 'expired' then 'service'
              else coalesce('worker:' || new.worker, 'service') end,
            'job.' || new.state, about);
        end if;
        return null;
      end $$`.execute(database)
    // At the end of the transaction, so that its lock is the last that is taken: none waits for another in a circle.
    await sql`create constraint trigger jobs_accepted after insert on jobs
      deferrable initially deferred for each row execute function audit_job()`.execute(database)
    await sql`create constraint trigger jobs_ended after update of state on jobs
      deferrable initially deferred for each row
      when (old.state is distinct from new.state and new.state not in ('queued', 'running'))
      execute function audit_job()`.execute(database)
    await auditTable(database, {
      table: 'tenants',
      noun: 'tenant',
      tenant: 'id',
      actor: 'operator',
      columns: ['limits', 'disabled_at'],
    })
    const columns = ['id', 'label', 'scopes', 'expires_at', 'revoked_at']
    await auditTable(database, {
      table: 'api_keys',
      noun: 'key',
      tenant: 'tenant',
      actor: 'operator',
      columns,
    })
  },
}
