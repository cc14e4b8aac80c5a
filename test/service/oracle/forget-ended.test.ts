/** A ledger that forgets what ended long ago, and nothing that may come back. */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { later } from '#service/database/times.js'
import { forgetEnded } from '#service/oracle/forget-ended.js'
import { summariseOracle } from '#service/oracle/oracle-summary.js'
import { ledgerOf, lookUntilDone } from './oracle-stage.js'
import { dying, forEachTest } from './unsteady.js'

const it = forEachTest()
const hour = 3_600_000

/** Lets so many ms pass for what ended and was signed. */
async function elapse(milliseconds: number): Promise<void> {
  const { tables } = it.back.database
  const back = (column: string) => sql<Date>`${sql.ref(column)} - ${milliseconds} * interval '1 millisecond'`
  await tables
    .updateTable('oracle_requests')
    .set({ finished_at: back('finished_at') })
    .execute()
  await tables
    .updateTable('oracle_transactions')
    .set({ signed_at: back('signed_at') })
    .execute()
}

/** As if the newest checkpoint were the last that is kept. */
async function forgetCheckpoints(): Promise<void> {
  const { tables } = it.back.database
  const newest = tables.selectFrom('oracle_blocks').select(({ fn }) => fn.max('number').as('number'))
  await tables.deleteFrom('oracle_blocks').where('number', '<', newest).execute()
}

const transactionCount = async () =>
  (await it.back.database.tables.selectFrom('oracle_transactions').select('id').execute()).length

test('what ended long ago and is final goes; its sums stay', async () => {
  await it.stage.ask()
  await it.stage.ask({ maxFee: 1000n })
  const watcher = it.back.watcher()
  await lookUntilDone(it.back, watcher)
  const before = await summariseOracle(it.back.database)
  expect(before.requests).toEqual(
    new Map([
      ['fulfilled', 1],
      ['underpaid', 1],
    ]),
  )
  await it.stage.control.mine({ blocks: 1 })
  const { database } = it.back
  const forget = () => forgetEnded(database.tables, 1, hour)
  const count = async () => [Object.keys(await ledgerOf(database)).length, await transactionCount()]

  // Too young, and not final.
  await forget()
  await elapse(2 * hour)
  await forget()
  expect(await count()).toEqual([2, 1])
  // Final; transactions count towards the daily limit for a day.
  await watcher.look()
  await forgetCheckpoints()
  await forget()
  expect(await count()).toEqual([0, 1])
  await elapse(23 * hour)
  // A watcher does so by itself.
  await it.back.elapse()
  await it.back.watcher().look()
  expect(await count()).toEqual([0, 0])
  expect(await summariseOracle(database)).toMatchObject({
    requests: before.requests,
    earned: before.earned,
    spent: before.spent,
  })

  // The number goes on, and sums add up.
  await it.stage.ask()
  await it.back.elapse()
  await lookUntilDone(it.back, it.back.watcher())
  const after = await summariseOracle(database)
  expect(after.requests.get('fulfilled')).toBe(2)
  expect(after.earned).toBe(2 * before.earned)
  expect(await it.stage.answersTo()).toBe(2)
})

test('a request is kept while a transaction is on its way to it, and while it is under way itself', async () => {
  await it.stage.ask()
  const { database } = it.back
  await expect(lookUntilDone(it.back, it.back.watcher(dying('send')))).rejects.toThrow('killed')
  await it.stage.control.mine({ blocks: 1 })
  // Somebody else's answer is noted while ours waits.
  const ended = { state: 'lost', reason: 'ANSWERED', end_block: 1, finished_at: later(-2 * hour) } as const
  await database.tables.updateTable('oracle_requests').set(ended).execute()
  await forgetCheckpoints()
  await forgetEnded(database.tables, 1, hour)
  expect(await ledgerOf(database)).toEqual({ 0: 'lost ANSWERED' })
  await database.tables.updateTable('oracle_transactions').set({ state: 'replaced' }).execute()
  await database.tables.updateTable('oracle_requests').set({ state: 'open', finished_at: null }).execute()
  await forgetEnded(database.tables, 1, 0)
  expect(await ledgerOf(database)).toMatchObject({ 0: expect.stringMatching(/^open/) })
})
