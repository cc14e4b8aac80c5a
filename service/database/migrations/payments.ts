import { type Migration, sql } from 'kysely'

/**
 * Payments of proofs (x402). The database itself sees to it that what is to be paid for is not shown before, and that
 * nothing ends a job whose payment is being settled: jobs end in many places, and none of them must forget it.
 */
export const payments: Migration = {
  up: async (database) => {
    await database.schema
      .createTable('payments')
      .addColumn('id', 'char(32)', (column) => column.primaryKey())
      .addColumn('tenant', 'text', (column) => column.notNull())
      // CAIP-2.
      .addColumn('network', 'text', (column) => column.notNull())
      // Addresses and the nonce of the authorisation in hex, lower case.
      .addColumn('asset', 'text', (column) => column.notNull())
      .addColumn('payer', 'text', (column) => column.notNull())
      .addColumn('nonce', 'text', (column) => column.notNull())
      .addColumn('pay_to', 'text', (column) => column.notNull())
      // In the smallest units of the token, decimal.
      .addColumn('amount', 'text', (column) => column.notNull())
      // Jobs that it pays for: all of them, or none.
      .addColumn('jobs', 'integer', (column) => column.notNull())
      // The signed payment and what was asked for, sealed; erased when the payment ends.
      .addColumn('payload', 'bytea')
      // A block of the chain before which the authorisation was not used.
      .addColumn('since', 'bigint', (column) => column.notNull())
      // `accepted`, then `settled`, `failed` or `released` (its jobs did not succeed: nothing was charged).
      .addColumn('state', 'text', (column) => column.notNull().defaultTo('accepted'))
      // Whether it was given to the facilitator, and the answer, if there was one, left open what became of it.
      .addColumn('sent', 'boolean', (column) => column.notNull().defaultTo(false))
      .addColumn('attempts', 'integer', (column) => column.notNull().defaultTo(0))
      // When it is looked at next; while somebody settles it, when the lease on it lapses.
      .addColumn('next_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`clock_timestamp()`))
      .addColumn('transaction', 'text')
      .addColumn('reason', 'text')
      .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`clock_timestamp()`))
      .addColumn('ended_at', 'timestamptz')
      // An authorisation answers one request, for ever: rows are kept.
      .addUniqueConstraint('payments_once', ['network', 'asset', 'payer', 'nonce'])
      .execute()
    await sql`create index payments_due on payments (next_at) where state = 'accepted'`.execute(database)
    await sql`alter table jobs add column payment char(32)`.execute(database)
    await sql`create index jobs_of_payment on jobs (payment) where payment is not null`.execute(database)
    // Proven is not yet paid: the result lies there, and the job goes on, in the stage `settle`. Its name puts the
    // trigger before that which notes steps.
    await sql`create function hold_proven() returns trigger language plpgsql as $$
      begin
        new.state := 'running';
        new.stage := 'settle';
        new.lease_until := null;
        new.finished_at := null;
        return new;
      end $$`.execute(database)
    await sql`create trigger jobs_hold_proven before update of state on jobs
      for each row when (new.payment is not null and new.state = 'succeeded' and old.stage is distinct from 'settle')
      execute function hold_proven()`.execute(database)
    // Whoever settles says so in its transaction; what others write to such a job is let be.
    await sql`create function hold_settling() returns trigger language plpgsql as $$
      begin
        if coalesce(current_setting('zkserve.settling', true), '') = 'on' then return new; end if;
        return null;
      end $$`.execute(database)
    await sql`create trigger jobs_hold_settling before update of state, stage, attempt, lease_until on jobs
      for each row when (old.stage = 'settle') execute function hold_settling()`.execute(database)
  },
}
