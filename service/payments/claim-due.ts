import { type Selectable, sql } from 'kysely'
import type { Database } from '#service/database/open-database.js'
import type { PaymentRow } from '#service/database/tables.js'
import { later, now } from '#service/database/times.js'

/** ms for which a payment is in the hands of who claimed it: longer than a facilitator may take. */
const lease = 90_000

/** A payment's row as its settler gets it. */
export interface DueRow
  extends Pick<Selectable<PaymentRow>, 'id' | 'payload' | 'since' | 'sent' | 'attempts' | 'jobs'> {
  /** How many of its jobs are proven. */
  readonly proven: string
}

/** Takes the next payment whose jobs are all proven, or of which one ended otherwise. Settlers at once take others. */
export async function claimDue(tables: Database['tables']): Promise<DueRow | undefined> {
  return tables
    .with('next', (database) =>
      database
        .selectFrom('payments')
        .select('id')
        .where('state', '=', 'accepted')
        .where('next_at', '<=', now)
        .where(
          sql<boolean>`(exists (select from jobs where payment = payments.id
            and state in ('failed', 'cancelled', 'expired'))
          or not exists (select from jobs where payment = payments.id
            and state in ('queued', 'running') and stage is distinct from 'settle'))`,
        )
        .orderBy('next_at')
        .limit(1)
        .forUpdate()
        .skipLocked(),
    )
    .updateTable('payments')
    .from('next')
    .set({ next_at: later(lease).$notNull(), attempts: sql`attempts + 1` })
    .whereRef('payments.id', '=', 'next.id')
    .returning(['payments.id', 'payload', 'since', 'sent', 'attempts', 'jobs'])
    .returning(
      sql<string>`(select count(*) from jobs where payment = payments.id and stage = 'settle')`.as('proven'),
    )
    .executeTakeFirst()
}
