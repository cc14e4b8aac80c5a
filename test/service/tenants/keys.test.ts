/** Tenants, their keys and the look-up of keys, over both databases. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '#service/database/open-database.js'
import { drawKey, readKey } from '#service/tenants/api-key.js'
import { Authenticator, type AuthenticatorOptions } from '#service/tenants/authenticator.js'
import { DefaultLimits } from '#service/tenants/default-limits.js'
import { KeyAdmin, type NewKey } from '#service/tenants/key-admin.js'
import { scopes } from '#service/tenants/tenant.js'
import { TenantAdmin } from '#service/tenants/tenant-admin.js'
import { type Backing, jobsOver, presentBackings, testJob } from '../support/test-jobs.js'

const hour = 3_600_000

describe.each(presentBackings)('tenants and keys %s', (_name, back) => {
  let backing: Backing
  let database: Database
  let tenants: TenantAdmin
  let keys: KeyAdmin
  let tenant: string
  let number = 0
  /** Of the authenticator, in ms. */
  let time = 0
  let queries = 0
  let updates = 0
  beforeAll(async () => {
    backing = await back()
    database = await backing.open()
    tenants = new TenantAdmin(database)
    keys = new KeyAdmin(database)
  })
  afterAll(async () => {
    await database?.close()
    backing?.end()
  })
  beforeEach(async () => {
    tenant = `tenant-${number++}`
    queries = 0
    updates = 0
    await tenants.add(tenant, {})
  })

  const add = (more: Partial<Parameters<KeyAdmin['add']>[0]> = {}): Promise<NewKey> =>
    keys.add({ tenant, label: 'test', scopes, lifetime: null, ...more })
  /** An authenticator whose queries are counted. */
  const authenticator = (options: AuthenticatorOptions = {}): Authenticator => {
    const counted = new Proxy(database.tables, {
      get: (tables, name) => {
        if (name === 'selectFrom') queries++
        if (name === 'updateTable') updates++
        const value = Reflect.get(tables, name)
        return typeof value === 'function' ? value.bind(tables) : value
      },
    })
    return new Authenticator({ tables: counted }, { clock: () => time, ...options })
  }
  const refused = (message: RegExp) => ({ code: 'UNAUTHENTICATED', message: expect.stringMatching(message) })

  test('a tenant is made once, and shows its limits, keys and use', async () => {
    expect(await tenants.limit(tenant, { weight: 2, openJobs: 5 })).toMatchObject({
      id: tenant,
      disabledAt: null,
      limits: { weight: 2, openJobs: 5 },
      keys: 0,
      openJobs: 0,
      today: { proofs: 0, constraints: 0 },
    })
    expect((await tenants.limit(tenant, { weight: null, models: 0 })).limits).toEqual({
      openJobs: 5,
      models: 0,
    })
    await expect(tenants.add(tenant, {})).rejects.toMatchObject({ code: 'TENANT_EXISTS' })
    await add()
    await add({ lifetime: 0 })
    await keys.revoke((await add()).id)
    expect(await tenants.show(tenant)).toMatchObject({ keys: 1 })
    expect((await tenants.list()).map(({ id }) => id)).toEqual(expect.arrayContaining(['default', tenant]))
  })

  test('what is not there is not found', async () => {
    for (const work of [
      () => tenants.show('none'),
      () => tenants.limit('none', {}),
      () => tenants.disable('none'),
      () => tenants.enable('none'),
      () => tenants.remove('none'),
      () => keys.add({ tenant: 'none', label: '', scopes, lifetime: null }),
      () => keys.list('none'),
      () => keys.rotate('0'.repeat(16), 0),
      () => keys.revoke('0'.repeat(16)),
    ])
      await expect(work()).rejects.toMatchObject({ code: 'TENANT_NOT_FOUND' })
  })

  test('a tenant goes with all that is its, but only when it is disabled, and the default one never', async () => {
    const { queue } = await jobsOver(database)
    const { key } = await add()
    const made = await queue.create(testJob('t', { tenant }), { room: 100, openJobs: null })
    const { id } = (made as Extract<typeof made, { kind: 'created' }>).job
    await expect(tenants.remove(tenant)).rejects.toMatchObject({ code: 'USAGE' })
    const { disabledAt } = await tenants.disable(tenant)
    expect((await tenants.disable(tenant)).disabledAt).toBe(disabledAt)
    expect(await queue.get(tenant, id)).not.toBeNull()
    expect(await tenants.remove(tenant)).toEqual({ removed: tenant })
    expect(await queue.get(tenant, id)).toBeNull()
    await expect(authenticator().authenticate(key)).rejects.toMatchObject(refused(/not valid/))
    await tenants.disable('default')
    await expect(tenants.remove('default')).rejects.toMatchObject({ code: 'USAGE' })
    expect((await tenants.enable('default')).disabledAt).toBeNull()
  })

  test('a key is shown once, and only its hash is kept', async () => {
    const made = await add({ label: 'phone', scopes: ['infer'] })
    expect(made.key).toMatch(/^zk_[0-9a-f]{16}_[0-9a-f]{64}$/)
    const { key, ...facts } = made
    expect(await keys.list(tenant)).toEqual([facts])
    expect(facts).toMatchObject({
      state: 'valid',
      label: 'phone',
      scopes: ['infer'],
      usedAt: null,
      expiresAt: null,
    })
    const rows = await database.tables.selectFrom('api_keys').selectAll().where('id', '=', made.id).execute()
    const secret = key.split('_')[2]!
    for (const form of [
      secret,
      Buffer.from(secret).toString('hex'),
      Buffer.from(secret, 'hex').toString('base64'),
    ])
      expect(
        JSON.stringify(rows.map((row) => ({ ...row, hash: Buffer.from(row.hash).toString('hex') }))),
      ).not.toContain(form)
  })

  test('a key speaks for its tenant, with its scopes and the limits of the tenant', async () => {
    await tenants.limit(tenant, { requestsPerMinute: 7 })
    const { key, id } = await add({ scopes: ['read'] })
    const found = await authenticator().authenticate(key)
    expect(found).toEqual({ id: tenant, limits: { requestsPerMinute: 7 }, scopes: ['read'], key: id })
    // The use is noted without anyone waiting for it.
    const noted = async () => (await keys.list(tenant))[0]!.usedAt
    while ((await noted()) === null) await new Promise((resolve) => setTimeout(resolve, 5))
  })

  test('a key that is wrong in any place is refused', async () => {
    const { key } = await add()
    const authenticate = authenticator()
    const flipped = [...key].map(
      (digit, at) => key.slice(0, at) + (digit === '0' ? '1' : '0') + key.slice(at + 1),
    )
    for (const wrong of [
      ...flipped,
      '',
      'zk_',
      key.slice(1),
      key.slice(0, -1),
      `${key}0`,
      key.toUpperCase(),
      ` ${key}`,
      `${key}\n`,
    ])
      await expect(authenticate.authenticate(wrong)).rejects.toMatchObject(refused(/not valid/))
    expect((await authenticate.authenticate(key)).id).toBe(tenant)
  })

  test('a look-up holds for five seconds: then revoked, expired and disabled are seen', async () => {
    const authenticate = authenticator()
    const [one, two, three] = [await add(), await add(), await add()]
    for (const { key } of [one, two, three]) await authenticate.authenticate(key)
    expect(queries).toBe(3)
    await keys.revoke(one.id)
    await keys.rotate(two.id, 0)
    time += 5000
    for (const { key } of [one, two, three]) await authenticate.authenticate(key)
    expect(queries).toBe(3)
    time += 1
    await expect(authenticate.authenticate(one.key)).rejects.toMatchObject(refused(/revoked/))
    await expect(authenticate.authenticate(two.key)).rejects.toMatchObject(refused(/expired/))
    await authenticate.authenticate(three.key)
    await tenants.disable(tenant)
    time += 5001
    await expect(authenticate.authenticate(three.key)).rejects.toMatchObject(refused(/disabled/))
    await tenants.enable(tenant)
    time += 5001
    await authenticate.authenticate(three.key)
    await tenants.disable(tenant)
    await tenants.remove(tenant)
    time += 5001
    await expect(authenticate.authenticate(three.key)).rejects.toMatchObject(refused(/not valid/))
  })

  test('what is no key, and a wrong key of a known id, ask nobody; guesses at once ask together', async () => {
    const authenticate = authenticator()
    const { key } = await add()
    for (let i = 0; i < 10; i++) await authenticate.authenticate('zk_nonsense').catch(() => undefined)
    expect(queries).toBe(0)
    await authenticate.authenticate(key)
    expect(queries).toBe(1)
    const wrong = key.slice(0, -1) + (key.endsWith('0') ? '1' : '0')
    expect([authenticate.knows(key), authenticate.knows(wrong), authenticate.knows('')]).toEqual([
      true,
      false,
      false,
    ])
    const guesses = Array.from({ length: 500 }, () => authenticate.authenticate(drawKey().key))
    const results = await Promise.allSettled([...guesses, authenticate.authenticate(key)])
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(queries).toBeLessThanOrEqual(4)
  })

  test('keys used last are remembered, as many as may be', async () => {
    const [one, two, three] = [await add(), await add(), await add()]
    const authenticate = authenticator({ limit: 2 })
    for (const { key } of [one, two, one, three]) await authenticate.authenticate(key)
    expect([one, two, three].map(({ key }) => authenticate.knows(key))).toEqual([true, false, true])
    expect(queries).toBe(3)
    // What is no key of anybody's takes nobody's place.
    for (let i = 0; i < 3; i++) await authenticate.authenticate(drawKey().key).catch(() => undefined)
    expect([one, three].map(({ key }) => authenticate.knows(key))).toEqual([true, true])
    await authenticate.authenticate(two.key)
    expect([one, two, three].map(({ key }) => authenticate.knows(key))).toEqual([false, true, true])
  })

  test('a use is noted once a minute', async () => {
    const { key, id } = await add()
    const long = new Date('2020-01-01')
    const note = (at: Date | null) =>
      database.tables.updateTable('api_keys').set({ used_at: at }).where('id', '=', id).execute()
    const noted = async () => (await keys.list(tenant))[0]!.usedAt
    await note(long)
    await authenticator().authenticate(key)
    while ((await noted()) === long.toISOString()) await new Promise((resolve) => setTimeout(resolve, 5))
    const before = await noted()
    const authenticate = authenticator()
    for (let i = 0; i < 3; i++) {
      await authenticate.authenticate(key)
      time += 6000
    }
    expect(await noted()).toBe(before)
    expect(updates).toBe(1)
    await note(long)
    const again = authenticator()
    for (let i = 0; i < 3; i++) await again.authenticate(key)
    expect(updates).toBe(2)
  })

  test('a database that fails is told as such, and asked again', async () => {
    const { key } = await add()
    let broken = true
    const tables = new Proxy(database.tables, {
      get: (whole, name) => {
        if (broken && name === 'selectFrom') throw new Error('gone')
        const value = Reflect.get(whole, name)
        return typeof value === 'function' ? value.bind(whole) : value
      },
    })
    const authenticate = new Authenticator({ tables }, { clock: () => time })
    await expect(authenticate.authenticate(key)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
    broken = false
    expect((await authenticate.authenticate(key)).id).toBe(tenant)
    broken = true
    expect((await authenticate.authenticate(key)).id).toBe(tenant)
    time += 5001
    await expect(authenticate.authenticate(key)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
  })

  test('a rotated key lives on for the overlap, and never longer than it would have', async () => {
    const { id, key } = await add({ label: 'l', scopes: ['read', 'infer'] })
    const next = await keys.rotate(id, hour)
    expect(next).toMatchObject({
      tenant,
      label: 'l',
      scopes: ['read', 'infer'],
      expiresAt: null,
      state: 'valid',
    })
    expect(next.key).not.toBe(key)
    const authenticate = authenticator()
    for (const each of [key, next.key]) expect((await authenticate.authenticate(each)).id).toBe(tenant)
    const [old] = await keys.list(tenant)
    expect(Math.abs(Date.parse(old!.expiresAt!) - Date.now() - hour)).toBeLessThan(60_000)
    const again = await keys.rotate(id, 24 * hour)
    expect((await keys.list(tenant))[0]!.expiresAt).toBe(old!.expiresAt)
    // Its lifetime is that of the key that it replaces.
    expect(Date.parse(again.expiresAt!) - Date.parse(again.createdAt)).toBeLessThan(hour + 60_000)
    await keys.revoke(id)
    await expect(keys.rotate(id, 0)).rejects.toMatchObject({ code: 'USAGE' })
    await keys.rotate(next.id, 0)
    await expect(keys.rotate(next.id, 0)).rejects.toMatchObject({ code: 'USAGE' })
    const { revokedAt } = await keys.revoke(id)
    expect((await keys.revoke(id)).revokedAt).toBe(revokedAt)
  })

  test('the limits of the default tenant hold without keys too', async () => {
    await tenants.limit('default', { openJobs: 3 })
    const limits = new DefaultLimits(database)
    await limits.read()
    expect(limits.tenant).toMatchObject({ id: 'default', limits: { openJobs: 3 }, key: null })
    await tenants.limit('default', { openJobs: null })
    await limits.read()
    expect(limits.tenant.limits).toEqual({})
  })
})

test('keys are drawn at random and read as they are', () => {
  const drawn = Array.from({ length: 100 }, drawKey)
  expect(new Set(drawn.map(({ id }) => id)).size).toBe(100)
  for (const { key, id, hash } of drawn) expect(readKey(key)).toEqual({ id, hash })
})
