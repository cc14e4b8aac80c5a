import { sql } from 'kysely'
import type { Database } from '#service/database/open-database.js'
import { later } from '#service/database/times.js'

/** ms for which transactions are kept at least: the daily limit counts them. */
const day = 86_400_000
/** Rows that go at once; the rest goes with the next look. */
const most = 10_000

/**
 * Forgets requests and transactions that ended so many ms ago, but for their sums, which metrics tell. Only what is
 * final goes: what lies no higher than the oldest checkpoint, which no reorganisation that can be followed undoes, and
 * what no transaction on its way answers.
 */
export async function forgetEnded(
  tables: Database['tables'],
  watch: number,
  lifetime: number,
): Promise<void> {
  const floor = sql`(select min(number) from oracle_blocks where watch = ${watch})`
  await sql`with ended as (
      select id from oracle_requests r
      where watch = ${watch} and finished_at <= ${later(-lifetime)}
        and greatest(block, coalesce(end_block, 0)) <= ${floor}
        and not exists (select from oracle_transactions
          where watch = ${watch} and state = 'pending' and requests @> to_jsonb(r.id))
      order by finished_at limit ${most}
    ), forgotten as (
      delete from oracle_requests where id in (select id from ended)
      returning lower(case when state = 'fulfilled' then state else reason end) as outcome, earned
    )
    insert into oracle_totals (watch, outcome, count, earned)
    select ${watch}, outcome, count(*), coalesce(sum(earned::numeric), 0) from forgotten group by outcome
    on conflict (watch, outcome) do update
      set count = oracle_totals.count + excluded.count, earned = oracle_totals.earned + excluded.earned`.execute(
    tables,
  )
  // All of a nonce together: one of them tells in which block it ended.
  await sql`with ended as (
      select nonce from oracle_transactions where watch = ${watch} group by nonce
      having bool_and(state <> 'pending') and max(signed_at) <= ${later(-Math.max(lifetime, day))}
        and coalesce(max(block), 0) <= ${floor}
      limit ${most}
    ), forgotten as (
      delete from oracle_transactions where watch = ${watch} and nonce in (select nonce from ended) returning cost
    )
    update oracle_watches set spent = spent + (select coalesce(sum(cost::numeric), 0) from forgotten)
    where id = ${watch}`.execute(tables)
}
