/** `zkserve tenant` and `zkserve key`, with a service that runs and without. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresPrograms, startPostgres, type TestPostgres } from '#scripts/fleet/postgres.js'
import { listenForAdmin, socketPath } from '#service/admin/admin-socket.js'
import { callHere } from '#service/admin/operations.js'
import { type Database, openEmbedded, openMemory } from '#service/database/open-database.js'
import { Authenticator } from '#service/tenants/authenticator.js'
import { callCommand, callJson } from '../support/command-line.js'

const folder = mkdtempSync(join(tmpdir(), 'zkserve-admin-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a verb over a data directory; its document. */
async function call(dataDir: string, ...args: string[]) {
  const { code, document } = await callJson([...args, '--data-dir', dataDir])
  expect({ code, error: document.error }).toEqual({ code: 0, error: undefined })
  return document
}

/** The whole life of a tenant and its keys. */
async function live(place: readonly string[], authenticate: (key: string) => Promise<unknown>) {
  const run = async (...args: string[]) => {
    const { code, document } = await callJson([...args, ...place])
    return { code, ...document, error: document.error?.code }
  }
  const added = await run('tenant', 'add', 'acme', '--weight', '2.5', '--constraints-per-day', '1000000')
  expect(added).toMatchObject({ code: 0, id: 'acme', limits: { weight: 2.5, constraintsPerDay: 1_000_000 } })
  expect(await run('tenant', 'add', 'acme')).toMatchObject({ code: 2, error: 'TENANT_EXISTS' })
  const limited = await run('tenant', 'limit', 'acme', '--weight', 'default', '--open-jobs', '3')
  expect(limited.limits).toEqual({ constraintsPerDay: 1_000_000, openJobs: 3 })
  expect(await run('tenant', 'show', 'acme')).toMatchObject({ keys: 0, disabledAt: null })
  const key = await run(
    'key',
    'add',
    'acme',
    '--label',
    'app',
    '--scopes',
    'infer',
    'read',
    '--expires-in',
    '90d',
  )
  expect(key).toMatchObject({
    code: 0,
    tenant: 'acme',
    label: 'app',
    scopes: ['infer', 'read'],
    state: 'valid',
  })
  expect(Date.parse(key.expiresAt) - Date.parse(key.createdAt)).toBeCloseTo(90 * 86_400_000, -4)
  await authenticate(key.key)
  const next = await run('key', 'rotate', key.id, '--overlap', '0s')
  await authenticate(next.key)
  const { keys } = await run('key', 'list', 'acme')
  expect(keys.map(({ id, state }: typeof key) => [id, state])).toEqual([
    [key.id, 'expired'],
    [next.id, 'valid'],
  ])
  expect(JSON.stringify(keys)).not.toContain(key.key.split('_')[2])
  expect(await run('key', 'revoke', next.id)).toMatchObject({ code: 0, state: 'revoked' })
  expect(await run('key', 'revoke', '0'.repeat(16))).toMatchObject({ code: 2, error: 'TENANT_NOT_FOUND' })
  expect(await run('tenant', 'remove', 'acme')).toMatchObject({ code: 2, error: 'USAGE' })
  expect((await run('tenant', 'disable', 'acme')).disabledAt).not.toBeNull()
  expect((await run('tenant', 'enable', 'acme')).disabledAt).toBeNull()
  await run('tenant', 'disable', 'acme')
  const { tenants } = await run('tenant', 'list')
  expect(tenants.map(({ id }: typeof key) => id)).toEqual(['acme', 'default'])
  expect(await run('tenant', 'remove', 'acme')).toMatchObject({ code: 0, removed: 'acme' })
  expect(await run('tenant', 'show', 'acme')).toMatchObject({ code: 2, error: 'TENANT_NOT_FOUND' })
}

describe('without a service', () => {
  const dataDir = join(folder, 'offline')

  test('the database is opened, and closed again', async () => {
    mkdirSync(dataDir)
    expect(await call(dataDir, 'tenant', 'add', 'one')).toMatchObject({ id: 'one' })
    const { key } = await call(dataDir, 'key', 'add', 'one')
    expect(existsSync(join(dataDir, 'zkserve.lock'))).toBe(false)
    const database = await openEmbedded(dataDir)
    expect(await new Authenticator(database, {}).authenticate(key)).toMatchObject({ id: 'one' })
    await database.close()
  })

  test('what a dead service left of its socket stands in nobody’s way', async () => {
    writeFileSync(socketPath(dataDir), '')
    expect((await call(dataDir, 'key', 'list')).keys).toHaveLength(1)
    rmSync(socketPath(dataDir))
  })

  test('texts are for people: the key stands alone in its line', async () => {
    const { stdout } = await callCommand(['key', 'add', 'one', '--scopes', 'read', '--data-dir', dataDir])
    expect(stdout).toMatch(
      /^zk_[0-9a-f]{16}_[0-9a-f]{64}\n\nKey [0-9a-f]{16} of one: read\. It is shown this once\.\n$/,
    )
    const list = await callCommand(['tenant', 'list', '--data-dir', dataDir])
    expect(list.stdout).toMatch(/^tenant +state +keys .*\ndefault +enabled +0 .*\none +enabled +2 /)
  })
})

describe('with a service', () => {
  const dataDir = join(folder, 'running')
  let database: Database
  let end: () => Promise<void>
  beforeAll(async () => {
    mkdirSync(dataDir)
    database = await openMemory()
    writeFileSync(socketPath(dataDir), 'left by a service that was killed')
    end = await listenForAdmin(dataDir, callHere({ database }))
  })
  afterAll(async () => {
    await end?.()
    await database?.close()
  })

  test('tenants and keys live through its socket', async () => {
    const authenticate = (key: string) => new Authenticator(database, {}).authenticate(key)
    await live(['--data-dir', dataDir], authenticate)
  })

  test('the socket is its user’s alone, and nothing else is left beside it', () => {
    const { mode } = statSync(socketPath(dataDir))
    expect((mode & 0o777).toString(8)).toBe('600')
    expect(readdirSync(dataDir)).toEqual(['admin.sock'])
  })

  test('nonsense is refused with a code', async () => {
    const send = (path: string, body: string, type = 'application/json') =>
      new Promise<{ status: number; code: string }>((resolve, reject) => {
        const headers = { 'content-type': type }
        const sent = request(
          { socketPath: socketPath(dataDir), path, method: 'POST', headers },
          (response) => {
            text(response).then((answer) => {
              const { error } = JSON.parse(answer)
              expect(error.message).not.toMatch(/\n|node_modules/)
              resolve({ status: response.statusCode!, code: error.code })
            }, reject)
          },
        )
        sent.on('error', reject)
        sent.end(body)
      })
    const usage = { status: 400, code: 'USAGE' }
    for (const path of ['/none', '/__proto__', '/constructor', '/tenant.add/x', '/'])
      expect(await send(path, '{}'), path).toEqual(usage)
    for (const body of [
      '{',
      '',
      'null',
      '[]',
      '{"id":"UPPER","limits":{}}',
      '{"id":"a","limits":{"x":1}}',
      '{"id":"a"}',
    ])
      expect(await send('/tenant.add', body), body).toEqual(usage)
    expect(await send('/tenant.add', '{"id":"a","limits":{}}', 'text/plain')).toEqual(usage)
    expect(await send('/tenant.show', '{"id":"none"}')).toEqual({ status: 404, code: 'TENANT_NOT_FOUND' })
    expect(await send('/tenant.show', `{"id":"${'x'.repeat(100_000)}"}`)).toEqual(usage)
  })

  test('a directory that is not there or may not be written gives a clear error', async () => {
    await expect(listenForAdmin(join(folder, 'none'), callHere({ database }))).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    })
    const long = join(folder, 'x'.repeat(120))
    mkdirSync(long)
    await expect(listenForAdmin(long, callHere({ database }))).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    })
    expect(readdirSync(long)).toEqual([])
  })

  test('it can be ended and opened again', async () => {
    await end()
    expect(existsSync(socketPath(dataDir))).toBe(false)
    end = await listenForAdmin(dataDir, callHere({ database }))
    expect((await call(dataDir, 'tenant', 'list')).tenants).toHaveLength(1)
  })
})

describe.runIf(postgresPrograms() !== null)('with a Postgres server', () => {
  let server: TestPostgres
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server?.end())

  test('tenants and keys live in it', async () => {
    await live(['--database', server.url], async () => undefined)
  })
})

describe('refusals', () => {
  test.each([
    [
      'a data directory that is not there',
      ['tenant', 'list', '--data-dir', join(folder, 'typo')],
      'FILE_NOT_FOUND',
    ],
    ['a database in memory', ['tenant', 'list', '--database', 'memory'], 'USAGE'],
    [
      'a server that is not there',
      ['tenant', 'list', '--database', 'postgres://u@127.0.0.1:1/x'],
      'DATABASE_UNAVAILABLE',
    ],
    ['an odd id', ['tenant', 'add', 'No Good', '--data-dir', folder], 'USAGE'],
    ['an odd limit', ['tenant', 'add', 'a', '--weight', 'many', '--data-dir', folder], 'USAGE'],
    ['a weight of nothing', ['tenant', 'add', 'a', '--weight', '0', '--data-dir', folder], 'USAGE'],
    ['an odd time', ['key', 'rotate', '0'.repeat(16), '--overlap', '5', '--data-dir', folder], 'USAGE'],
    ['an odd scope', ['key', 'add', 'a', '--scopes', 'all', '--data-dir', folder], 'USAGE'],
    ['no such verb', ['tenant', 'drop', 'a'], 'USAGE'],
  ])('%s', async (_name, args, code) => {
    const { code: exitCode, document } = await callJson(args)
    expect({ exitCode, code: document.error?.code }).toEqual({ exitCode: 2, code })
    expect(document.error.message).not.toContain('\n')
    expect(document.error.hints.length).toBeGreaterThan(0)
  })

  test.runIf(process.getuid?.() !== 0)('the socket of another user', async () => {
    const dataDir = join(folder, 'other')
    mkdirSync(dataDir)
    const end = await listenForAdmin(dataDir, async () => null as never)
    chmodSync(socketPath(dataDir), 0)
    const { document } = await callJson(['tenant', 'list', '--data-dir', dataDir])
    expect(document.error.code).toBe('FILE_NOT_FOUND')
    await end()
  })
})
