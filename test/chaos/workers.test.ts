/** Jobs that kill their workers, and workers that come back from the dead. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { postgresPrograms, startPostgres, type TestPostgres } from '#scripts/fleet/postgres.js'
import { digitsBundle, digitsInput, pairBundle } from '../service/support/bundles.js'
import { ask } from './client.js'
import { queryPostgres } from './database.js'
import { Member } from './fleet.js'

const installed = postgresPrograms() !== null
let postgres: TestPostgres
let api: Member
const workers: Member[] = []

beforeAll(async () => {
  if (!installed) return
  postgres = await startPostgres()
  const models = ['--models', await pairBundle(), await digitsBundle()]
  const start = (role: string) =>
    Member.start({ flags: ['--role', role, '--concurrency', '1', ...models], database: postgres.port })
  api = await start('api')
  workers.push(...(await Promise.all([start('worker'), start('worker')])))
})

afterAll(async () => {
  await Promise.all([api, ...workers].map((member) => member?.end()))
  postgres?.end()
})

async function submit(body: object): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const reply = await ask(`${api.url}/infer`, { method: 'POST', headers, body: JSON.stringify(body) })
  expect(reply?.status).toBe(202)
  return reply!.body.job.id
}

// biome-ignore lint/suspicious/noExplicitAny: a job as it came
async function ended(id: string): Promise<any> {
  for (;;) {
    const reply = await ask(`${api.url}/jobs/${id}`)
    if (reply?.status === 200 && !['queued', 'running'].includes(reply.body.state)) return reply.body
    await sleep(200)
  }
}

/** The worker that has the job in hand, or null. */
async function holderOf(id: string): Promise<Member | null> {
  const sql = `select worker from jobs where id = '${id}' and state = 'running'`
  const [row] = await queryPostgres<{ worker: string }>(postgres, sql)
  return workers.find(({ pid }) => row?.worker.includes(`-${pid}-`)) ?? null
}

const pair = { model: 'pair', input: { a: [0, 0.5, 1], b: [1, 1, 0] } }
const digits = { model: 'digits', input: digitsInput() }

test.skipIf(!installed)(
  'a job that kills every worker that takes it fails, and the others are done',
  async () => {
    const poison = await submit(digits)
    const others: string[] = []
    let kills = 0
    // What the kernel does to a process that takes too much memory.
    const killer = (async () => {
      while (kills < 3) {
        const holder = await holderOf(poison)
        if (holder !== null) {
          kills++
          others.push(await submit(pair))
          await holder.kill()
          void holder.up()
        }
        await sleep(2)
      }
    })()
    for (let count = 0; count < 6; count++) others.push(await submit(pair))
    await killer
    const { state, error } = await ended(poison)
    expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'WORKER_LOST' })
    const ends = await Promise.all(others.map(ended))
    expect(ends.map((job) => job.state)).toEqual(Array(others.length).fill('succeeded'))
  },
  300_000,
)

test.skipIf(!installed)(
  'a worker that slept past its lease changes nothing when it wakes',
  async () => {
    await Promise.all(workers.map((worker) => worker.up()))
    const id = await submit(digits)
    let stale: Member | null = null
    while (stale === null) stale = await holderOf(id)
    stale.process!.pause()
    const before = await ended(id)
    expect(before.state).toBe('succeeded')
    const row = () => queryPostgres(postgres, `select * from jobs where id = '${id}'`)
    const [kept] = await row()
    expect(kept).toMatchObject({ attempt: 2 })
    stale.process!.resume()
    // It ends what it was doing, and takes and does another job, before it is looked at.
    const other = workers.find((worker) => worker !== stale)!
    other.process!.pause()
    expect((await ended(await submit(pair))).state).toBe('succeeded')
    other.process!.resume()
    expect(await row()).toEqual([kept])
    expect(await ended(id)).toEqual(before)
  },
  300_000,
)
