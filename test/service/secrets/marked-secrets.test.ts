/** Requests with marked secrets against a service that logs all it can: no mark comes out but to whom it belongs. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { postgresPrograms, startPostgres, type TestPostgres } from '#scripts/fleet/postgres.js'
import { openPostgres } from '#service/database/open-database.js'
import { openSigner } from '#service/receipts/open-signer.js'
import { digitsBundle, pairBundle } from '../support/bundles.js'
import { dumpOf } from '../support/dump.js'
import { post, testServer } from '../support/test-server.js'

const numbers = [0.7316442871, 0.2718459045, 0.5772156649]
const salt = '9021047851236547896321458770011223344556677'
const signerKey = 'd1'.repeat(32)
const encryptionKeys = 'e2'.repeat(32)
const password = 'database-password-a6f3'
const hookPath = 'hook-path-7c1d'

let postgres: TestPostgres | null = null
let server: FastifyInstance
let folder: string
let logged = ''
let key = ''
const secrets: string[] = [...numbers.map(String), salt, signerKey, encryptionKeys, password, hookPath]

beforeAll(async () => {
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    logged += text
    return true
  })
  folder = mkdtempSync(join(tmpdir(), 'zkserve-test-'))
  if (postgresPrograms() !== null) postgres = await startPostgres()
  // The server trusts anybody; a password is sent all the same.
  const database = postgres === null ? 'memory' : postgres.url.replace('zkserve@', `zkserve:${password}@`)
  const environment = { ZKSERVE_SIGNER_KEY: signerKey }
  const settings = { signerKeystore: '', signerPasswordFile: '', signerAddress: '' }
  const signer = await openSigner(settings, environment)
  process.env.ZKSERVE_ENCRYPTION_KEYS = encryptionKeys
  const damaged = join(folder, 'damaged')
  cpSync(await pairBundle(), damaged, {
    recursive: true,
    filter: (path) => !path.includes('proving.prepared'),
  })
  server = await testServer(
    [await digitsBundle(), damaged],
    { database, auth: 'keys', logLevel: 'trace', webhookAllow: ['hooks.invalid:443'] },
    signer,
  )
  // Read when the first proof is made.
  rmSync(join(damaged, 'proving.zkey'))
  const added = await server.admin('key.add', {
    tenant: 'default',
    label: 'test',
    scopes: ['infer', 'read', 'models', 'webhooks'],
    lifetime: null,
  })
  key = added.key
  secrets.push(key, key.split('_').at(-1)!)
})
afterAll(async () => {
  await server?.close()
  postgres?.end()
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

const input = Array.from({ length: 64 }, (_, i) => numbers[i % numbers.length]!)
/** Of the model whose key is damaged. */
const inputs = { a: numbers, b: [0.5, 1, 0.5] }
const as = (token = key): Record<string, string> => ({ authorization: `Bearer ${token}` })
const get = (url: string, headers = as()) => server.inject({ method: 'GET', url, headers })

/** Secrets that a text shows. */
const shown = (text: string): string[] => secrets.filter((secret) => text.includes(secret))

describe('marked secrets', () => {
  test('stay out of the log, of events and of the database while a proof is made', async () => {
    const proven = await post(server, '/infer', { model: 'digits', input, salt, wait: true }, as())
    expect(proven.statusCode).toBe(200)
    expect(proven.json().receipt).not.toBeNull()
    // The answer is its owner's.
    expect(shown(proven.body)).toContain(salt)
    const body = { model: 'digits', input, salt }
    const taken = await post(server, '/infer', body, { ...as(), 'idempotency-key': '"once-1"' })
    expect(taken.statusCode).toBe(202)
    const { id } = taken.json().job
    const events = await get(`/jobs/${id}/events`)
    expect(events.body).toContain('succeeded')
    expect(shown(events.body)).toEqual([])
    const cancelled = await server.inject({ method: 'DELETE', url: `/jobs/${id}`, headers: as() })
    expect(cancelled.statusCode).toBe(200)
    expect(logged).toContain('proof accepted')
    expect(shown(logged)).toEqual([])
    if (postgres === null) return
    const database = await openPostgres(postgres.url, () => {})
    const dump = await dumpOf(database)
    await database.close()
    expect(dump).toContain('once-1')
    expect(shown(dump)).toEqual([])
  })

  test('stay out of what is said of a proof that fails', async () => {
    const failed = await post(server, '/infer', { model: 'pair', inputs, wait: true }, as())
    expect(failed.json()).toMatchObject({ status: 500, code: 'BUNDLE_CORRUPT' })
    expect(failed.body).not.toContain(folder)
    expect(shown(failed.body)).toEqual([])
    const { jobs } = (await get('/jobs?state=failed')).json()
    const job = await get(`/jobs/${jobs[0].id}`)
    expect(shown(job.body)).toEqual([])
    expect(shown((await get(`/jobs/${jobs[0].id}/events`)).body)).toEqual([])
    expect(logged).toContain(failed.json().code)
    expect(shown(logged)).toEqual([])
  })

  test('stay out of problems, whatever is wrong with the request', async () => {
    const model = 'digits'
    const bodies: unknown[] = [
      { model, input, salt: `${salt}x` },
      { model, input, salt: [salt] },
      { model, input: numbers, salt },
      { model, input: input.map(String), salt },
      { model, input: input.map((value) => value * 1e300), salt },
      { model, inputs: { a: input }, salt },
      { model: 'none', input, salt },
      { model, input, salt, deadline: -1 },
      { model, input, salt, requester: `0x${'z'.repeat(40)}` },
      { model, input, salt, extra: salt },
      { model: 'pair', inputs: { a: numbers }, salt },
      `{"input": [${numbers}], "salt": "${salt}"`,
      `[${numbers}, ${salt}`,
    ]
    for (const body of bodies) {
      const reply = await post(server, '/infer', body, as())
      expect(reply.statusCode).toBeGreaterThanOrEqual(400)
      expect(reply.statusCode).toBeLessThan(500)
      expect(shown(reply.body)).toEqual([])
    }
    expect(shown(logged)).toEqual([])
  })

  test('stay out of refusals of keys', async () => {
    const wrong = [`${key}0`, key.slice(0, -1), key.toUpperCase(), `${key} ${key}`, key.split('_').at(-1)!]
    for (const token of wrong) {
      const reply = await get('/models', as(token))
      expect(reply.statusCode).toBe(401)
      expect(shown(`${reply.body}${JSON.stringify(reply.headers)}`)).toEqual([])
    }
    const asBasic = await get('/models', { authorization: `Basic ${key}` })
    expect(asBasic.statusCode).toBe(401)
    // In the wrong place it was given away by who sent it; it is not spread.
    const asQuery = await get(`/models?key=${key}`, {})
    expect(shown(asQuery.body)).toEqual([])
    expect(shown((await get(`/nothing?key=${key}`, {})).body)).toEqual([])
    expect(shown(logged)).toEqual([])
  })

  test('of webhooks are told once, to whom they belong', async () => {
    const made = await post(
      server,
      '/webhooks',
      { url: `https://hooks.invalid/${hookPath}`, events: ['job.succeeded'] },
      as(),
    )
    expect(made.statusCode).toBe(201)
    const { id, secret } = made.json()
    secrets.push(secret, secret.replace(/^whsec_/, ''))
    await server.inject({ method: 'POST', url: `/webhooks/${id}/test`, headers: as() })
    for (let waited = 0; waited < 10_000 && !logged.includes('was not delivered'); waited += 50)
      await sleep(50)
    expect(logged).toContain('was not delivered')
    const listed = await get('/webhooks')
    expect(listed.body).not.toContain(secret.replace(/^whsec_/, ''))
    expect(shown(logged)).toEqual([])
  })

  test('stay out of what anybody may read', async () => {
    for (const url of ['/metrics', '/docs/json', '/health/ready', '/health/live', '/errors/INVALID_INPUT']) {
      const reply = await get(url, {})
      expect(reply.statusCode).toBe(200)
      expect(shown(reply.body)).toEqual([])
    }
  })

  test('are not in the environment of what the service starts', () => {
    expect(shown(JSON.stringify(process.env))).toEqual([])
  })

  test.skipIf(postgresPrograms() === null)('stay out of what is said of a broken database', async () => {
    const database = await openPostgres(postgres!.url, () => {})
    const { sql } = await import('kysely')
    // A refusal that quotes the row, and then no table at all.
    await sql`alter table jobs add constraint never check (cost < 0) not valid`.execute(database.tables)
    const refused = await post(server, '/infer', { model: 'digits', input, salt }, as())
    await sql`alter table jobs rename to hidden`.execute(database.tables)
    const missing = await post(server, '/infer', { model: 'digits', input, salt }, as())
    await sql`alter table hidden rename to jobs`.execute(database.tables)
    await database.close()
    postgres!.kill()
    const gone = await post(server, '/infer', { model: 'digits', input, salt }, as())
    for (const reply of [refused, missing, gone]) {
      expect(reply.json()).toMatchObject({ status: 503, code: 'DATABASE_UNAVAILABLE' })
      expect(shown(reply.body)).toEqual([])
      // Nor of the inside: names of tables, addresses.
      expect(reply.body).not.toMatch(/relation|constraint|127\.0\.0\.1|ECONN/)
    }
    expect(logged).toContain('violates check constraint')
    expect(logged).not.toContain('Failing row')
    expect(shown(logged)).toEqual([])
    await postgres!.start()
  })
})
