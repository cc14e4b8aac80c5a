/** Whose job comes next. */
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { jobsInMemory, type TestJobs, testJob, testWorker as worker } from '../support/test-jobs.js'

let opened: TestJobs
beforeAll(async () => {
  opened = await jobsInMemory({ lease: 60_000 })
})
afterAll(() => opened.close())
afterEach(clear)

async function clear(): Promise<void> {
  const { tables } = opened.database
  await tables.deleteFrom('jobs').execute()
  await tables.deleteFrom('tenants').where('id', '!=', 'default').execute()
  await tables.updateTable('tenants').set({ turn: 0 }).execute()
}

const addTenant = (id: string, weight?: number) =>
  opened.database.tables
    .insertInto('tenants')
    .values({ id, ...(weight === undefined ? {} : { limits: JSON.stringify({ weight }) }) })
    .execute()

/** Jobs as if so many had been created, one after another. */
const backlog = (tenant: string, jobs: number, cost = 1) =>
  opened.database.tables
    .insertInto('jobs')
    .values(
      Array.from({ length: jobs }, (_, index) => ({
        ...{ id: `${tenant}-${index}-${Math.random()}`.padEnd(32).slice(0, 32), tenant, cost, memory: 0 },
        ...{
          kind: 'proof' as const,
          model: 'm',
          subject: '{}',
          task: Buffer.from(''),
          state: 'queued' as const,
        },
      })),
    )
    .execute()

const create = async (tenant: string, task: string, more = {}) => {
  const admission = { room: 1000, openJobs: null, constraintsPerDay: null }
  const creation = await opened.queue.create(testJob(task, { tenant, ...more }), admission)
  if (creation.kind !== 'created') throw new Error(creation.kind)
  return creation.job
}

/** Tenants of the next claims, in their order. */
const claimed = async (count: number): Promise<string[]> => {
  const tenants: string[] = []
  for (let index = 0; index < count; index++) tenants.push((await opened.claims.claim(worker))!.tenant)
  return tenants
}

const turnOf = async (id: string) =>
  (await opened.database.tables.selectFrom('tenants').select('turn').where('id', '=', id).executeTakeFirst())!
    .turn

const share = fc.record({ weight: fc.constantFrom(0.5, 1, 2, 4), cost: fc.constantFrom(1, 7, 1000, 65_536) })

test('while all wait, what each is given differs from its weight by no more than a job', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(share, { minLength: 2, maxLength: 4 }), async (shares) => {
      await clear()
      const served = new Map<string, number>()
      for (const [index, { weight, cost }] of shares.entries()) {
        await addTenant(`t${index}`, weight)
        await backlog(`t${index}`, 30, cost)
        served.set(`t${index}`, 0)
      }
      for (let claims = 0; claims < 30; claims++) {
        const [tenant] = await claimed(1)
        const { weight, cost } = shares[Number(tenant!.slice(1))]!
        served.set(tenant!, served.get(tenant!)! + cost / weight)
        const most = Math.max(...shares.map((one) => one.cost / one.weight))
        expect(Math.max(...served.values()) - Math.min(...served.values())).toBeLessThanOrEqual(most + 1e-6)
      }
    }),
    { numRuns: 8, seed: 5 },
  )
})

test('a tenant with a thousand jobs leaves half to one that comes', async () => {
  await addTenant('many')
  await addTenant('few')
  await backlog('many', 300)
  await claimed(40)
  await backlog('few', 10)
  const next = await claimed(20)
  expect(next.slice(0, 2)).toContain('few')
  expect(next.filter((tenant) => tenant === 'few')).toHaveLength(10)
})

test('who comes waits for no more than a job of each that waits', async () => {
  for (const [index, cost] of [1, 50, 3000].entries()) {
    await addTenant(`t${index}`)
    await backlog(`t${index}`, 100, cost)
  }
  await claimed(60)
  await addTenant('new')
  await backlog('new', 1, 1e6)
  expect(await claimed(4)).toContain('new')
})

test('time without jobs is no credit', async () => {
  await addTenant('busy')
  await addTenant('idle')
  await backlog('idle', 1)
  await backlog('busy', 80)
  await claimed(50)
  await backlog('idle', 30)
  const next = await claimed(20)
  expect(next.filter((tenant) => tenant === 'busy').length).toBeGreaterThanOrEqual(9)
})

test('nor is what one tenant had while no other waited a debt', async () => {
  await addTenant('early', 0.001)
  await addTenant('late')
  await backlog('early', 50, 1e6)
  await claimed(50)
  await backlog('late', 50)
  await claimed(5)
  await backlog('early', 5)
  expect(await claimed(2)).toContain('early')
})

test('a job is charged at its first claim alone, whether it is given back or its worker dies', async () => {
  await addTenant('a', 4)
  await create('a', 'x', { cost: 100 })
  expect(await turnOf('a')).toBe(0)
  const first = (await opened.claims.claim(worker))!
  expect(await turnOf('a')).toBe(25)
  await opened.claims.release(first.id, first.attempt)
  expect((await opened.claims.claim(worker))!.id).toBe(first.id)
  await opened.claims.lapseAll()
  expect(await opened.claims.claim(worker)).toMatchObject({ id: first.id, attempt: 2 })
  expect(await turnOf('a')).toBe(25)
})

test('a job that comes back brings no credit along', async () => {
  await addTenant('poison')
  await addTenant('other')
  await backlog('poison', 1)
  await claimed(1)
  await backlog('other', 100)
  await claimed(40)
  await opened.claims.lapseAll()
  await backlog('poison', 30)
  const next = await claimed(20)
  expect(next.filter((tenant) => tenant === 'other').length).toBeGreaterThanOrEqual(9)
})

test('of one tenant the higher priority goes first, then the oldest; not so between tenants', async () => {
  await addTenant('a')
  await addTenant('b')
  for (const [task, priority] of [
    ['a1', 0],
    ['a2', 5],
    ['a3', 5],
    ['a4', -1],
  ] as const) {
    await create('a', task, { priority })
  }
  await create('b', 'b1', { priority: -9 })
  const tasks: string[] = []
  for (let index = 0; index < 5; index++) tasks.push((await opened.claims.claim(worker))!.task)
  expect(tasks.filter((task) => task.startsWith('a'))).toEqual(['a2', 'a3', 'a1', 'a4'])
  expect(tasks.indexOf('b1')).toBeLessThan(2)
})

test('a weight that is none stops nobody', async () => {
  await addTenant('a', 0)
  await backlog('a', 2)
  expect(await claimed(2)).toEqual(['a', 'a'])
})

test('jobs go to workers that have the memory', async () => {
  await create('default', 'large', { memory: 8e9 })
  await create('default', 'small', { memory: 1e9 })
  expect(await opened.claims.claim({ ...worker, memory: 9e8 })).toBeNull()
  expect(await opened.claims.claim({ ...worker, memory: 4e9 }, 2e9)).toMatchObject({
    task: 'small',
    memory: 1e9,
  })
  expect(await opened.claims.claim({ ...worker, memory: 4e9 })).toBeNull()
  expect(await opened.claims.claim({ ...worker, memory: 8e9 }, 1)).toBeNull()
  expect(await opened.claims.claim({ ...worker, memory: 8e9 })).toMatchObject({ task: 'large' })
})

test('a large job is not passed over for ever by a worker that small ones keep busy', async () => {
  const { tables } = opened.database
  const large = await create('default', 'large', { memory: 8e9 })
  for (const task of ['1', '2']) await create('default', task, { memory: 1e9 })
  const busy = { ...worker, memory: 8e9 }
  expect(await opened.claims.claim(busy, 1e9)).toMatchObject({ task: '1' })
  const created_at = new Date(Date.now() - 11_000)
  await tables.updateTable('jobs').set({ created_at }).where('id', '=', large.id).execute()
  expect(await opened.claims.claim(busy, 1e9)).toBeNull()
  expect(await opened.claims.claim({ ...worker, memory: 7e9 })).toMatchObject({ task: '2' })
  expect(await opened.claims.claim(busy, 0)).toMatchObject({ task: 'large' })
})

test('models of the store go to workers that take them, if they are there', async () => {
  await create('default', 'stored', { model: 'far', bundle: 'digest' })
  await create('default', 'nowhere', { model: 'far' })
  await create('default', 'building', { model: '', kind: 'build' })
  expect(await opened.claims.claim(worker)).toBeNull()
  expect(await opened.claims.claim({ ...worker, store: true })).toMatchObject({ task: 'stored' })
  expect(await opened.claims.claim({ ...worker, store: true })).toBeNull()
  expect(await opened.claims.claim({ ...worker, models: [], kinds: ['build'] })).toMatchObject({
    task: 'building',
  })
})
