/** Processes that share a Postgres server and an S3 store, and nothing else. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { postgresPrograms, startPostgres, type TestPostgres } from '#scripts/fleet/postgres.js'
import { S3Server, s3Credentials } from '../../support/s3-server.js'
import { manifestIn } from '../support/bundle-versions.js'
import { digitsBundle, digitsInput, pairBundle } from '../support/bundles.js'
import { expectProblem, post, testServer } from '../support/test-server.js'

const pairInput = { a: [0, 0.5, 1], b: [1, 1, 0] }

describe.skipIf(postgresPrograms() === null)('machines with one database and one store', () => {
  let postgres: TestPostgres
  let s3: S3Server
  let folder: string
  const servers: FastifyInstance[] = []
  let api: FastifyInstance

  beforeAll(async () => {
    postgres = await startPostgres()
    s3 = await S3Server.start()
    folder = mkdtempSync(join(tmpdir(), 'zkserve-test-'))
    for (const [name, value] of Object.entries(s3Credentials)) vi.stubEnv(name, value)
    const operator = await serve('operator', { role: 'api' }, [await pairBundle(), await digitsBundle()])
    await operator.close()
    api = await serve('api', { role: 'api' })
  })
  afterAll(async () => {
    for (const server of servers) await server.close()
    await s3?.end()
    postgres?.end()
    rmSync(folder, { recursive: true, force: true })
    vi.unstubAllEnvs()
  })
  beforeEach(() => {
    s3.fault = () => null
  })

  async function serve(name: string, settings: object, models: string[] = []): Promise<FastifyInstance> {
    vi.stubEnv('ZKSERVE_ENCRYPTION_KEYS', 'ab'.repeat(32))
    const shared = { database: postgres.url, store: s3.store(), cacheDir: join(folder, name) }
    const server = await testServer(models, { ...shared, ...settings })
    servers.push(server)
    return server
  }
  const worker = (name: string, settings: object = {}) => serve(name, { role: 'worker', ...settings })
  async function ended(id: string) {
    for (;;) {
      const job = (await api.inject({ url: `/jobs/${id}` })).json()
      if (job.state !== 'queued' && job.state !== 'running') return job
      await sleep(50)
    }
  }
  const submit = async (body: object): Promise<string> => {
    const reply = await post(api, '/infer', body)
    expect(reply.statusCode).toBe(202)
    return reply.json().job.id
  }

  test('an API without models answers with those in the store, and needs no keys for it', async () => {
    const { models } = (await api.inject({ url: '/models' })).json()
    expect(models.map(({ name }: { name: string }) => name).sort()).toEqual(['digits', 'pair'])
    const answer = await post(api, '/infer', { model: 'pair', inputs: pairInput, proof: false })
    expect(answer.statusCode).toBe(200)
    const [digest] = readdirSync(join(folder, 'api')).filter((name) => name.length === 64)
    expect(readdirSync(join(folder, 'api', digest!))).not.toContain('proving.zkey')
    expectProblem(await post(api, '/infer', { model: 'nothing', inputs: pairInput }), 'MODEL_NOT_FOUND')
  })

  test('a worker without models proves them, waiting for a store that comes back', async () => {
    const job = await submit({ model: 'pair', inputs: pairInput })
    let refusals = 2
    s3.fault = ({ method, key }) =>
      method === 'GET' && key.includes('/manifests/') && refusals-- > 0 ? 'refuse' : null
    const one = await worker('one')
    const { state, result } = await ended(job)
    expect(state).toBe('succeeded')
    expect((await post(api, '/verify', result)).json().valid).toBe(true)
    await one.close()
  })

  test('a cache that holds one model makes proofs of two in turns', async () => {
    const { files } = manifestIn(await digitsBundle())
    const room = Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0)
    const few = await worker('few', { cacheSize: room + 1000 })
    const pair = { model: 'pair', inputs: pairInput }
    const jobs: string[] = []
    for (const body of [pair, { model: 'digits', input: digitsInput() }, pair]) jobs.push(await submit(body))
    for (const job of jobs) expect((await ended(job)).state).toBe('succeeded')
    expect(readdirSync(join(folder, 'few')).filter((name) => name.length === 64)).toHaveLength(1)
    await few.close()
  })

  test('a store that is damaged fails the job that needs it, and no other', async () => {
    const bad = await worker('bad')
    s3.fault = ({ method, key }) => (method === 'GET' && key.includes('/files/') ? 'corrupt' : null)
    const failed = await ended(await submit({ model: 'pair', inputs: pairInput }))
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'BUNDLE_CORRUPT' } })
    s3.fault = () => null
    expect((await ended(await submit({ model: 'pair', inputs: pairInput }))).state).toBe('succeeded')
    await bad.close()
  })
})
