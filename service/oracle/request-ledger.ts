import { type Selectable, sql } from 'kysely'
import type { Database } from '#service/database/open-database.js'
import type { OracleRequestRow } from '#service/database/tables.js'
import { later, now } from '#service/database/times.js'
import {
  type EndReason,
  liveStates,
  type OracleRequest,
  type RequestState,
  readQuestion,
  type StoredAnswer,
  storeQuestion,
} from '#service/oracle/oracle-request.js'

/** A request as the ledger has it. */
export interface LedgerEntry {
  /** Of the row: two questions may have had one number, one after the other. */
  readonly id: number
  readonly digest: string
  readonly question: OracleRequest
  readonly state: RequestState
  readonly reason: EndReason | null
  /** Id of the job that proves the answer. */
  readonly job: string | null
  readonly tries: number
  readonly answer: StoredAnswer | null
  /** ms for which it is known. */
  readonly age: number
}

/** How a request ended. */
export interface Ending {
  readonly state: 'fulfilled' | 'lost' | 'skipped'
  readonly reason?: EndReason
  /** The block whose state says so. */
  readonly block: bigint
  /** In wei. */
  readonly earned?: bigint
}

type Tables = Database['tables']

const age = sql<number>`extract(epoch from clock_timestamp() - created_at)::float8 * 1000`.as('age')

/** Notes a request that stands in a block. One that had vanished with its block goes on where it was. */
export async function noteRequest(
  tables: Tables,
  watch: number,
  { question, digest, block }: { question: OracleRequest; digest: string; block: bigint },
): Promise<void> {
  await tables
    .insertInto('oracle_requests')
    .values({
      watch,
      request: String(question.requestId),
      digest,
      block: Number(block),
      question: JSON.stringify(storeQuestion(question)),
    })
    .onConflict((conflict) =>
      conflict.columns(['watch', 'request', 'digest']).doUpdateSet({
        block: Number(block),
        state: sql`case when oracle_requests.state <> 'gone' then oracle_requests.state
          when oracle_requests.answer is not null then 'proven'
          when oracle_requests.job is not null then 'proving' else 'open' end`,
        reason: sql`case when oracle_requests.state = 'gone' then null else oracle_requests.reason end`,
        finished_at: sql`case when oracle_requests.state = 'gone' then null else oracle_requests.finished_at end`,
        next_at: now,
      }),
    )
    .execute()
}

/** Requests in a state that are due, the oldest first. */
export async function dueRequests(
  tables: Tables,
  watch: number,
  state: (typeof liveStates)[number],
  limit: number,
): Promise<LedgerEntry[]> {
  const rows = await tables
    .selectFrom('oracle_requests')
    .selectAll()
    .select(age)
    .where('watch', '=', watch)
    .where('state', '=', state)
    .where('next_at', '<=', now)
    .orderBy('next_at')
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(entryOf)
}

export async function requestsOf(tables: Tables, ids: readonly number[]): Promise<LedgerEntry[]> {
  if (ids.length === 0) return []
  const rows = await tables
    .selectFrom('oracle_requests')
    .selectAll()
    .select(age)
    .where('id', 'in', [...ids])
    .orderBy('id')
    .execute()
  return rows.map(entryOf)
}

/** Moves a request that is still in a state on. @returns false where it is in another by now */
export async function moveRequest(
  tables: Tables,
  { id, state }: Pick<LedgerEntry, 'id' | 'state'>,
  change: {
    readonly state?: (typeof liveStates)[number]
    readonly job?: string | null
    readonly answer?: StoredAnswer
    readonly tries?: number
    /** What it waits for. */
    readonly reason?: EndReason | null
    /** ms from now until it is looked at again; at once by default. */
    readonly after?: number
  },
): Promise<boolean> {
  const { answer, after = 0, ...rest } = change
  const { numUpdatedRows } = await tables
    .updateTable('oracle_requests')
    .set({
      ...rest,
      ...(answer === undefined ? {} : { answer: JSON.stringify(answer) }),
      next_at: later(after) as typeof now,
    })
    .where('id', '=', id)
    .where('state', '=', state)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Ends a request that is still live. */
export async function endRequest(tables: Tables, id: number, ending: Ending): Promise<void> {
  await tables
    .updateTable('oracle_requests')
    .set(columnsOf(ending))
    .where('id', '=', id)
    .where('state', 'in', [...liveStates])
    .execute()
}

/**
 * Ends a request by what the chain says became of it, whatever was thought of it before; others' answers do not end
 * what a transaction of ours is on its way to: that ends first.
 */
export async function endByEvent(
  tables: Tables,
  watch: number,
  requestId: bigint,
  ending: Ending,
): Promise<void> {
  const states: RequestState[] =
    ending.state === 'fulfilled'
      ? [...liveStates, 'lost', 'skipped']
      : liveStates.filter((state) => state !== 'sent')
  await tables
    .updateTable('oracle_requests')
    .set(columnsOf(ending))
    .where('watch', '=', watch)
    .where('request', '=', String(requestId))
    .where('state', 'in', states)
    .execute()
}

function columnsOf({ state, reason, block, earned }: Ending) {
  return {
    state,
    reason: reason ?? null,
    end_block: Number(block),
    earned: earned === undefined ? null : String(earned),
    finished_at: now,
  }
}

function entryOf(row: Selectable<OracleRequestRow> & { readonly age: number }): LedgerEntry {
  const { id, digest, question, state, reason, job, tries, answer, age } = row
  return { id, digest, question: readQuestion(question), state, reason, job, tries, answer, age }
}
