import { afterAll, beforeAll, expect, test } from 'vitest'
import { modelsWithoutWorker } from '#service/jobs/able-workers.js'
import { jobsInMemory, type TestJobs, testWorker } from '../support/test-jobs.js'

const lease = 1000
let jobs: TestJobs
beforeAll(async () => {
  jobs = await jobsInMemory({ lease })
})
afterAll(() => jobs.close())

const given = { vkHash: 'm', stored: false }
const stored = { vkHash: 'uploaded', stored: true }
const unknown = { vkHash: 'other', stored: false }
const left = () => modelsWithoutWorker(jobs.database, [given, stored, unknown], lease)

test('models need a live worker that makes proofs and has them, or fetches them', async () => {
  expect(await left()).toEqual([given, stored, unknown])
  await jobs.claims.announce({ ...testWorker, name: 'builder', kinds: ['build'], models: ['m'], store: true })
  expect(await left()).toEqual([given, stored, unknown])
  await jobs.claims.announce({ ...testWorker, name: 'one', models: ['m'], store: false })
  expect(await left()).toEqual([stored, unknown])
  await jobs.claims.announce({ ...testWorker, name: 'two', models: [], store: true })
  expect(await left()).toEqual([unknown])
  await jobs.elapse(2 * lease + 500)
  expect(await left()).toEqual([given, stored, unknown])
  await jobs.claims.announce({ ...testWorker, name: 'one', models: ['m'], store: false })
  await jobs.elapse(lease)
  expect(await left()).toEqual([stored, unknown])
})
