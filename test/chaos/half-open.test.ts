/** Connections to the database that die without a word. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { postgresPrograms, startPostgres, type TestPostgres } from '#scripts/fleet/postgres.js'
import { type Database, openPostgres } from '#service/database/open-database.js'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js'

let postgres: TestPostgres
let proxy: TcpProxy
let near: Database
let far: Database
const errors: Error[] = []

beforeAll(async () => {
  if (postgresPrograms() === null) return
  postgres = await startPostgres()
  proxy = await startTcpProxy(postgres.port)
  const open = (port: number) =>
    openPostgres(`postgres://zkserve@127.0.0.1:${port}/postgres`, (error) => errors.push(error))
  near = await open(postgres.port)
  far = await open(proxy.port)
})

afterAll(async () => {
  await proxy?.close()
  await Promise.all([near?.close(), far?.close()])
  postgres?.end()
})

test.skipIf(postgresPrograms() === null)(
  'the locks of a process that vanished in a transaction do not hold others for long',
  async () => {
    const lock = sql`select pg_advisory_xact_lock(1)`
    const vanished = far.tables.transaction().execute(async (tables) => {
      await lock.execute(tables)
      await proxy.set('swallow')
      await sql`select 1`.execute(tables)
    })
    const lost = expect(vanished).rejects.toThrow()
    await expect.poll(() => proxy.lost()).toBe(true)
    // Refused by the server after the longest time of a statement, were the lock still held.
    await near.tables.transaction().execute((tables) => lock.execute(tables))
    await proxy.set('reset')
    await lost
    await proxy.set('pass')
    await sql`select 1`.execute(far.tables)
  },
)

test.skipIf(postgresPrograms() === null)(
  'who listens hears again after its connection died in silence',
  async () => {
    const heard: (string | null)[] = []
    const stop = await far.listen((message) => heard.push(message))
    const tell = (text: string) => sql`select pg_notify('zkserve_jobs', ${text})`.execute(near.tables)
    await expect.poll(() => heard).toEqual([null])
    proxy.lost()
    await proxy.set('swallow')
    await tell('lost')
    await expect.poll(() => proxy.lost()).toBe(true)
    await proxy.set('pass')
    // `null`: something may have been missed.
    await expect.poll(() => heard, { timeout: 60_000 }).toEqual([null, null])
    await tell('heard')
    await expect.poll(() => heard).toContain('heard')
    await stop()
  },
)

test.skipIf(postgresPrograms() === null)('who closes does not wait for a server that is gone', async () => {
  const own = await startTcpProxy(postgres.port)
  const leaving = await openPostgres(`postgres://zkserve@127.0.0.1:${own.port}/postgres`, () => undefined)
  const stop = await leaving.listen(() => undefined)
  await sql`select 1`.execute(leaving.tables)
  await own.set('swallow')
  await stop()
  await leaving.close()
  await own.close()
})
