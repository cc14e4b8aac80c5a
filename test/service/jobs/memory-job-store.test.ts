import { expect, test } from 'vitest'
import { MemoryJobStore } from '#service/jobs/memory-job-store.js'

function storeAt(limits: { lifetime: number; limit: number }) {
  const clock = { now: 1000 }
  const store = new MemoryJobStore<string, number>({ ...limits, now: () => clock.now })
  return { clock, store }
}

test('a job goes from queued over running to its end, and stays there', async () => {
  const { clock, store } = storeAt({ lifetime: 100, limit: 10 })
  const { id } = await store.create('digits')
  expect(await store.get(id)).toMatchObject({
    subject: 'digits',
    status: { state: 'queued' },
    startedAt: null,
  })
  clock.now = 1010
  await store.advance(id, { state: 'running', stage: 'load' })
  clock.now = 1020
  await store.advance(id, { state: 'running', stage: 'prove' })
  clock.now = 1030
  await store.advance(id, { state: 'succeeded', result: 42 })
  await store.advance(id, { state: 'cancelled' })
  expect(await store.get(id)).toMatchObject({
    status: { state: 'succeeded', result: 42 },
    createdAt: 1000,
    startedAt: 1010,
    finishedAt: 1030,
  })
})

test('ids are 128 random bits', async () => {
  const { store } = storeAt({ lifetime: 100, limit: 10 })
  const ids = await Promise.all(Array.from({ length: 50 }, async () => (await store.create('digits')).id))
  expect(new Set(ids).size).toBe(50)
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/)
})

test('finished jobs are forgotten after their lifetime, open ones are not', async () => {
  const { clock, store } = storeAt({ lifetime: 100, limit: 10 })
  const done = await store.create('done')
  const open = await store.create('open')
  await store.advance(done.id, { state: 'cancelled' })
  clock.now += 99
  expect(await store.get(done.id)).not.toBeNull()
  clock.now += 1
  expect(await store.get(done.id)).toBeNull()
  expect(await store.get(open.id)).not.toBeNull()
  expect(await store.advance(done.id, { state: 'cancelled' })).toBeNull()
})

test('of too many finished jobs the oldest are forgotten', async () => {
  const { store } = storeAt({ lifetime: 1e9, limit: 2 })
  const ids: string[] = []
  for (let i = 0; i < 4; i++) {
    const { id } = await store.create(`job ${i}`)
    await store.advance(id, { state: 'succeeded', result: i })
    ids.push(id)
  }
  const kept = await Promise.all(ids.map(async (id) => (await store.get(id)) !== null))
  expect(kept).toEqual([false, false, true, true])
})
