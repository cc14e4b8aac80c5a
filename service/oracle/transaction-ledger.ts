import { sql } from 'kysely'
import type { Hex } from 'viem'
import type { Database } from '#service/database/open-database.js'
import { later } from '#service/database/times.js'

/** A transaction as it was signed. */
export interface SignedTransaction {
  readonly nonce: number
  readonly hash: Hex
  /** What is sent. */
  readonly raw: Hex
  /** Ids of the requests' rows that it answers; none where it only takes the place of another. */
  readonly requests: readonly number[]
  readonly gas: bigint
  /** In wei for a unit of gas. */
  readonly maxFee: bigint
  readonly priorityFee: bigint
  /** What its data was expected to cost beside gas, in wei. */
  readonly dataFee: bigint
}

/** A transaction whose fate is not known yet. */
export interface PendingTransaction extends SignedTransaction {
  readonly id: number
  /** ms since it was signed. */
  readonly age: number
}

type Tables = Database['tables']

export async function addTransaction(
  tables: Tables,
  watch: number,
  transaction: SignedTransaction,
): Promise<void> {
  const { nonce, hash, raw, requests, gas, maxFee, priorityFee, dataFee } = transaction
  await tables
    .insertInto('oracle_transactions')
    .values({
      ...{ watch, nonce, hash, raw, requests: JSON.stringify(requests) },
      ...{ gas: String(gas), max_fee: String(maxFee), priority_fee: String(priorityFee) },
      data_fee: String(dataFee),
    })
    .execute()
}

/** By nonce; of one nonce the latest first. */
export async function pendingTransactions(tables: Tables, watch: number): Promise<PendingTransaction[]> {
  const rows = await tables
    .selectFrom('oracle_transactions')
    .selectAll()
    .select(sql<number>`extract(epoch from clock_timestamp() - signed_at)::float8 * 1000`.as('age'))
    .where('watch', '=', watch)
    .where('state', '=', 'pending')
    .orderBy('nonce')
    .orderBy('id', 'desc')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    nonce: Number(row.nonce),
    hash: row.hash as Hex,
    raw: row.raw as Hex,
    requests: row.requests,
    gas: BigInt(row.gas),
    maxFee: BigInt(row.max_fee),
    priorityFee: BigInt(row.priority_fee),
    dataFee: BigInt(row.data_fee),
    age: row.age,
  }))
}

/** Ends all transactions of a nonce: the one that was mined, where it is ours, and those that it replaced. */
export async function endNonce(
  tables: Tables,
  watch: number,
  nonce: number,
  mined: { readonly id: number; readonly block: bigint; readonly cost: bigint } | null,
): Promise<void> {
  if (mined !== null) {
    await tables
      .updateTable('oracle_transactions')
      .set({ state: 'mined', block: Number(mined.block), cost: String(mined.cost) })
      .where('id', '=', mined.id)
      .execute()
  }
  await tables
    .updateTable('oracle_transactions')
    .set({ state: 'replaced' })
    .where('watch', '=', watch)
    .where('nonce', '=', nonce)
    .where('state', '=', 'pending')
    .execute()
}

/** Wei that transactions cost in the last day; of what is not mined, the most that it may cost. */
export async function spentToday(tables: Tables, watch: number): Promise<bigint> {
  const day = 86_400_000
  const rows = await tables
    .selectFrom('oracle_transactions')
    .select([
      'nonce',
      sql<string>`max(coalesce(cost::numeric, gas::numeric * max_fee::numeric + data_fee::numeric))::text`.as(
        'cost',
      ),
    ])
    .where('watch', '=', watch)
    .where('state', '<>', 'replaced')
    .where('signed_at', '>', later(-day))
    .groupBy('nonce')
    .execute()
  return rows.reduce((sum, { cost }) => sum + BigInt(cost), 0n)
}
