import { sql } from 'kysely'
import { guarded } from '#service/database/guarded.js'
import type { Database } from '#service/database/open-database.js'

/** What became of all requests of all watched oracles, by what the chain and the ledger say. */
export interface OracleSummary {
  /** Requests by outcome: their state, of ended ones that were not answered by us the reason. */
  readonly requests: ReadonlyMap<string, number>
  /** In wei, after royalty. */
  readonly earned: number
  /** In wei, for gas and data. */
  readonly spent: number
  /** The last block whose events were read; NaN where none was. */
  readonly block: number
}

/** @throws ZkserveError `DATABASE_UNAVAILABLE` */
export function summariseOracle({ tables }: Database): Promise<OracleSummary> {
  return guarded(async () => {
    const { rows } = await sql<{ outcome: string; count: string; earned: string | null }>`
      select outcome, sum(count)::text as count, sum(earned)::text as earned from (
        select lower(case when state in ('lost', 'skipped', 'gone') then reason else state end) as outcome,
          1 as count, earned::numeric as earned from oracle_requests
        union all select outcome, count, earned from oracle_totals
      ) as each group by 1`.execute(tables)
    const {
      rows: [{ spent } = { spent: null }],
    } = await sql<{ spent: string | null }>`
      select ((select coalesce(sum(cost::numeric), 0) from oracle_transactions)
        + (select coalesce(sum(spent), 0) from oracle_watches))::text as spent`.execute(tables)
    const { block } = await tables
      .selectFrom('oracle_blocks')
      .select(({ fn }) => fn.max<string | null>('number').as('block'))
      .executeTakeFirstOrThrow()
    return {
      requests: new Map(rows.map(({ outcome, count }) => [outcome, Number(count)])),
      earned: rows.reduce((sum, { earned }) => sum + Number(earned ?? 0), 0),
      spent: Number(spent ?? 0),
      block: block === null ? Number.NaN : Number(block),
    }
  })
}
