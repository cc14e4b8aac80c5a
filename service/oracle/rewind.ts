import { sql } from 'kysely'
import type { Database } from '#service/database/open-database.js'
import { now } from '#service/database/times.js'

/**
 * Forgets what happened after a block that the chain no longer has: requests made there are gone, what ended there is
 * as it was before, and our transactions that were mined there are sent again.
 */
export async function rewindTo(tables: Database['tables'], watch: number, block: bigint): Promise<void> {
  const number = Number(block)
  await tables.deleteFrom('oracle_blocks').where('watch', '=', watch).where('number', '>', number).execute()
  await tables
    .updateTable('oracle_requests')
    .set({
      state: 'gone',
      reason: 'REORGANISED',
      end_block: null,
      earned: null,
      finished_at: now,
    })
    .where('watch', '=', watch)
    .where('block', '>', number)
    .execute()
  await tables
    .updateTable('oracle_requests')
    .set({
      state: sql`case when answer is not null then 'proven' when job is not null then 'proving' else 'open' end`,
      reason: null,
      end_block: null,
      earned: null,
      finished_at: null,
      next_at: now,
    })
    .where('watch', '=', watch)
    .where('state', '<>', 'gone')
    .where('end_block', '>', number)
    .execute()
  await tables
    .updateTable('oracle_transactions')
    .set({ state: 'pending', block: null, cost: null })
    .where('watch', '=', watch)
    .where('block', '>', number)
    .execute()
  await sql`update oracle_requests r set state = 'sent' from oracle_transactions t
    where r.watch = ${watch} and t.watch = ${watch} and t.state = 'pending' and r.state <> 'gone'
      and t.requests @> to_jsonb(r.id)`.execute(tables)
}
