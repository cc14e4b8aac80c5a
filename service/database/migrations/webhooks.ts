import { type Migration, sql } from 'kysely'

/** Where tenants are told of the ends of their jobs, and what is told. */
export const webhooks: Migration = {
  up: async (database) => {
    await database.schema
      .createTable('webhooks')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('tenant', 'text', (column) => column.notNull().references('tenants.id').onDelete('cascade'))
      .addColumn('url', 'text', (column) => column.notNull())
      .addColumn('events', sql`text[]`, (column) => column.notNull())
      // The key that signs, sealed; the one before it signs too until its time is over.
      .addColumn('secret', 'bytea', (column) => column.notNull())
      .addColumn('old_secret', 'bytea')
      .addColumn('old_until', 'timestamptz')
      .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`clock_timestamp()`))
      // The first attempt that failed since the last success.
      .addColumn('failing_since', 'timestamptz')
      // Nothing is sent before: the receiver is overloaded.
      .addColumn('paused_until', 'timestamptz')
      .addColumn('disabled_at', 'timestamptz')
      .execute()
    await sql`create index webhooks_of_tenant on webhooks (tenant, created_at, id)`.execute(database)
    // Jobs may be forgotten before what is told of them has arrived: the row holds all that it sends.
    await database.schema
      .createTable('deliveries')
      // The `webhook-id` of the message: the same at each attempt.
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('webhook', 'text', (column) =>
        column.notNull().references('webhooks.id').onDelete('cascade'),
      )
      .addColumn('event', 'text', (column) => column.notNull())
      .addColumn('job', 'text')
      .addColumn('body', 'text', (column) => column.notNull())
      // `pending`, `delivered` or `failed`.
      .addColumn('state', 'text', (column) => column.notNull().defaultTo('pending'))
      // Attempts begun. The fencing token: what an earlier attempt writes is refused.
      .addColumn('attempts', 'integer', (column) => column.notNull().defaultTo(0))
      // When it is due; while it is sent, when the lease of its sender lapses.
      .addColumn('next_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`clock_timestamp()`))
      .addColumn('attempted_at', 'timestamptz')
      // HTTP status of the last answer; null where none came.
      .addColumn('status', 'integer')
      .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`clock_timestamp()`))
      .addColumn('finished_at', 'timestamptz')
      .execute()
    await sql`create index deliveries_due on deliveries (webhook, next_at) where state = 'pending'`.execute(
      database,
    )
    await sql`create index deliveries_of_webhook on deliveries (webhook, created_at desc, id desc)`.execute(
      database,
    )
    // In the transaction that ends the job, whoever ends it; its id follows from job and webhook, so there is one.
    // The lock keeps webhooks from vanishing meanwhile, which would undo the job's end; one that is being deleted is
    // not waited for.
    await sql`create function tell_webhooks() returns trigger language plpgsql as $$
      begin
        insert into deliveries (id, webhook, event, job, body)
        select 'msg_' || left(encode(sha256(convert_to(new.id || ' ' || w.id, 'UTF8')), 'hex'), 32),
          w.id, 'job.' || new.state, new.id,
          json_build_object(
            'type', 'job.' || new.state,
            'timestamp', to_char(
              coalesce(new.finished_at, clock_timestamp()) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
            'data', json_build_object(
              'id', new.id, 'state', new.state, 'kind', new.kind,
              'model', json_strip_nulls(json_build_object(
                'id', new.subject->'id', 'name', new.subject->'name', 'version', new.subject->'version',
                'modelHash', new.subject->'modelHash', 'circuitHash', new.subject->'circuitHash',
                'vkHash', new.subject->'vkHash')),
              'error', new.error->>'code',
              'url', '/jobs/' || new.id))::text
        from webhooks w
        where w.tenant = new.tenant and w.disabled_at is null and 'job.' || new.state = any(w.events)
        for key share of w skip locked
        on conflict (id) do nothing;
        return null;
      end $$`.execute(database)
    await sql`create trigger jobs_tell_webhooks after insert or update of state on jobs
      for each row when (new.state in ('succeeded', 'failed', 'cancelled', 'expired'))
      execute function tell_webhooks()`.execute(database)
  },
}
