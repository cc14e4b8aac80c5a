/** The chain of the audit log, as the database makes it and as it is checked; over both databases. */
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ZkserveError } from '#circuits/errors.js'
import { actAs, actorOf } from '#service/audit/actor.js'
import { type AuditRecord, hashOf, noHash } from '#service/audit/audit-record.js'
import { AuditTrail } from '#service/audit/audit-trail.js'
import { readHead, readPage, readRecords } from '#service/audit/read-records.js'
import { verifyChain } from '#service/audit/verify-chain.js'
import type { Database } from '#service/database/open-database.js'
import { now } from '#service/database/times.js'
import { KeyAdmin } from '#service/tenants/key-admin.js'
import { TenantAdmin } from '#service/tenants/tenant-admin.js'
import {
  type Backing,
  jobsOver,
  presentBackings,
  type TestJobs,
  testJob,
  testWorker,
} from '../support/test-jobs.js'

const room = { room: 100, openJobs: null }

async function all(database: Database, from = 1): Promise<AuditRecord[]> {
  const records: AuditRecord[] = []
  for await (const record of readRecords((next) => readPage(database.tables, next), from))
    records.push(record)
  return records
}

/** The number of the first bad record, null where the chain holds. */
async function firstBad(
  records: readonly AuditRecord[],
  options: Parameters<typeof verifyChain>[1] = {},
): Promise<number | null> {
  const given = async function* () {
    yield* records
  }
  try {
    await verifyChain(given(), options)
    return null
  } catch (error) {
    if (error instanceof ZkserveError && error.code === 'AUDIT_BROKEN') return error.details.seq as number
    throw error
  }
}

describe.each(presentBackings)('the audit log %s', (name, back) => {
  let backing: Backing
  let database: Database
  let jobs: TestJobs
  beforeAll(async () => {
    backing = await back()
    database = await backing.open()
    jobs = await jobsOver(database)
  })
  afterAll(async () => {
    await jobs?.close()
    backing?.end()
  })
  const create = async () => {
    const creation = await jobs.queue.create(testJob('secret task'), room)
    if (creation.kind !== 'created') throw new Error(creation.kind)
    return creation.job.id
  }
  /** What the work added to the log. */
  const news = async (work: () => Promise<unknown>): Promise<AuditRecord[]> => {
    const before = (await readHead(database.tables))?.seq ?? 0
    await work()
    return all(database, before + 1)
  }
  const told = ({ tenant, actor, action, subject }: AuditRecord) => ({
    ...{ tenant, actor, action },
    ...JSON.parse(subject),
  })

  test('tells of each job when it is taken on and when it ends, and of nothing between', async () => {
    let id = ''
    const records = await news(async () => {
      id = await create()
      const claim = (await jobs.claims.claim(testWorker))!
      await jobs.claims.renew(id, claim.attempt)
      await jobs.claims.enter(id, claim.attempt, 'prove')
      await jobs.claims.finish(id, claim.attempt, { state: 'succeeded', result: 42 })
    })
    const about = { tenant: 'default', job: id.slice(0, 16), kind: 'proof', model: 'm' }
    expect(records.map(told)).toEqual([
      { ...about, actor: 'client', action: 'job.accepted' },
      { ...about, actor: 'worker:one', action: 'job.succeeded' },
    ])
    expect(JSON.stringify(records)).not.toContain(id)
    expect(JSON.stringify(records)).not.toContain('secret')
  })

  test('tells why a job failed, and who cancelled one', async () => {
    const failed = await create()
    const records = await news(async () => {
      const { attempt } = (await jobs.claims.claim(testWorker))!
      const error = new ZkserveError('PROVING_FAILED', 'of the input 0.25').toJSON()
      await jobs.claims.finish(failed, attempt, { state: 'failed', error })
      await jobs.queue.cancel('default', await create(), 'key:00ff')
    })
    expect(records.map(told)).toMatchObject([
      { action: 'job.failed', code: 'PROVING_FAILED', actor: 'worker:one' },
      { action: 'job.accepted' },
      { action: 'job.cancelled', actor: 'key:00ff' },
    ])
    expect(JSON.stringify(records)).not.toContain('0.25')
  })

  test('tells of jobs that end before a worker has them', async () => {
    const records = await news(async () => {
      await create()
      await jobs.queue.create(testJob('late', { deadline: 0 }), room)
      await jobs.claims.sweep()
      await sql`update jobs set state = 'failed' where state = 'queued'`.execute(database.tables)
    })
    expect(records.slice(2).map(({ action, actor }) => [action, actor])).toEqual([
      ['job.expired', 'service'],
      ['job.failed', 'service'],
    ])
  })

  test('tells of tenants and keys, but no hash of a key', async () => {
    const tenants = new TenantAdmin(database)
    const keys = new KeyAdmin(database)
    let key = ''
    const records = await news(async () => {
      await tenants.add('acme', { weight: 2 })
      const added = await keys.add({ tenant: 'acme', label: 'ci', scopes: ['infer'], lifetime: null })
      key = added.key
      await tenants.limit('acme', { weight: 3 })
      await keys.revoke(added.id)
      await tenants.disable('acme')
      await tenants.remove('acme')
    })
    expect(records.map(({ tenant, actor, action }) => [tenant, actor, action])).toEqual([
      ['acme', 'operator', 'tenant.added'],
      ['acme', 'operator', 'key.added'],
      ['acme', 'operator', 'tenant.changed'],
      ['acme', 'operator', 'key.changed'],
      ['acme', 'operator', 'tenant.changed'],
      ...records.slice(5).map(() => ['acme', 'operator', expect.stringMatching(/^(tenant|key)\.deleted$/)]),
    ])
    expect(records).toHaveLength(7)
    expect(told(records[2]!)).toMatchObject({ limits: { weight: 3 } })
    expect(records.some(({ subject }) => subject.includes('hash') || subject.includes(key))).toBe(false)
  })

  test('tells of webhooks and models, but no address', async () => {
    const url = 'https://hooks.example/secret-path'
    const values = { id: 'wh_1', tenant: 'default', url, events: [], secret: Buffer.from('sealed-secret') }
    const records = await news(async () => {
      await actAs(database.tables, 'key:00ff', (tables) =>
        tables.insertInto('webhooks').values(values).execute(),
      )
      await database.tables.updateTable('webhooks').set({ failing_since: now }).execute()
      await database.tables.updateTable('webhooks').set({ old_until: now }).execute()
      await database.tables.deleteFrom('webhooks').execute()
      const id = '0'.repeat(32)
      await sql`insert into models (id, name, version) values (${id}, 'digits', 1)`.execute(database.tables)
      await database.tables.updateTable('models').set({ state: 'ready' }).execute()
    })
    expect(records.map(({ tenant, actor, action }) => [tenant, actor, action])).toEqual([
      ['default', 'key:00ff', 'webhook.added'],
      ['default', 'client', 'webhook.changed'],
      ['default', 'client', 'webhook.deleted'],
      ['', 'service', 'model.added'],
      ['', 'service', 'model.changed'],
    ])
    expect(told(records[4]!)).toMatchObject({ name: 'digits', version: 1, state: 'ready' })
    expect(JSON.stringify(records)).not.toMatch(/secret/)
  })

  test('tells in one record of many refused requests, and when a process started and stopped', async () => {
    const records = await news(async () => {
      const trail = await AuditTrail.start(database, { role: 'api' }, { onError: () => {} })
      for (let i = 0; i < 10_000; i++) trail.refused(401)
      trail.refused(403)
      await trail.stop()
    })
    expect(records.map(told)).toMatchObject([
      { tenant: '', action: 'service.started', role: 'api' },
      { tenant: '', action: 'requests.refused', statuses: { 401: 10_000, 403: 1 } },
      { tenant: '', action: 'service.stopped' },
    ])
    expect(records.every(({ actor }) => /^service:.+-\d+$/.test(actor))).toBe(true)
  })

  test('says nothing of changes that are taken back', async () => {
    const records = await news(async () => {
      const work = database.tables.transaction().execute(async (tables) => {
        await tables.insertInto('tenants').values({ id: 'never' }).execute()
        throw new Error('no')
      })
      await expect(work).rejects.toThrow('no')
    })
    expect(records).toEqual([])
  })

  test('names who acts, up to the end of the transaction', async () => {
    const records = await news(async () => {
      await actAs(database.tables, actorOf({ key: '00ff' }), (tables) =>
        tables.insertInto('tenants').values({ id: 'first' }).execute(),
      )
      await database.tables.insertInto('tenants').values({ id: 'second' }).execute()
    })
    expect(records.map(({ actor }) => actor)).toEqual(['key:00ff', 'operator'])
  })

  test('is one chain without gaps, whoever writes at once', async () => {
    // Another process with connections of its own, where the database takes several.
    const other = name.includes('server') ? await jobsOver(await backing.open()) : jobs
    const before = (await readHead(database.tables))!.seq
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const { queue } = i % 2 === 0 ? jobs : other
        const creation = await queue.create(testJob('x'), room)
        if (creation.kind === 'created') await queue.cancel('default', creation.job.id)
      }),
    )
    if (other !== jobs) await other.close()
    expect((await readHead(database.tables))!.seq).toBe(before + 80)
    expect(await firstBad(await all(database))).toBeNull()
  })

  test('hashes texts of any kind as it says', async () => {
    for (const text of ['', 'ü€😀', 'a'.repeat(5000), "quote ' \\ \n", '12:x,']) {
      await sql`select audit_append(${text}, ${text}, ${text}, ${JSON.stringify({ text })}::jsonb)`.execute(
        database.tables,
      )
    }
    expect(await firstBad(await all(database))).toBeNull()
  })

  test('refuses every change to its records', async () => {
    for (const change of [
      'update audit_log set actor = tenant',
      'delete from audit_log',
      'truncate audit_log',
    ])
      await expect(sql.raw(change).execute(database.tables)).rejects.toThrow('the audit log only grows')
  })

  test('shows what who owns the database did to it', async () => {
    const honest = await all(database)
    const head = honest.at(-1)!
    const middle = honest[5]!
    const tampered = async (change: string): Promise<AuditRecord[]> => {
      const records: AuditRecord[] = []
      const work = database.tables.transaction().execute(async (tables) => {
        await sql`alter table audit_log disable trigger audit_log_grows`.execute(tables)
        await sql.raw(change).execute(tables)
        for await (const record of readRecords((next) => readPage(tables, next))) records.push(record)
        throw new Error('taken back')
      })
      await expect(work).rejects.toThrow('taken back')
      return records
    }
    for (const field of ['tenant', 'actor', 'action', 'subject'])
      expect(await firstBad(await tampered(`update audit_log set ${field} = '{}x' where seq = 6`))).toBe(6)
    expect(await firstBad(await tampered('update audit_log set at = at + 1 where seq = 6'))).toBe(6)
    const moved = await tampered(`delete from audit_log where seq = ${middle.seq}`)
    expect(await firstBad(moved)).toBe(6)
    expect(await firstBad(await tampered('delete from audit_log where seq = 1'))).toBe(1)
    // The end cut off: the chain holds, and only a head that was kept elsewhere tells.
    const cut = await tampered(`delete from audit_log where seq > ${head.seq - 3}`)
    expect(await firstBad(cut)).toBeNull()
    expect(await firstBad(cut, { heads: [head] })).toBe(head.seq - 2)
    expect(await firstBad(honest, { heads: [honest[2]!, head] })).toBeNull()
  })
})

describe('a chain', () => {
  const record = (seq: number, previous: string, action = `did.${seq}`): AuditRecord => {
    const unhashed = {
      seq,
      at: 1000 + seq,
      tenant: 't',
      actor: 'a',
      action,
      subject: '{}',
      previous,
      hash: '',
    }
    return { ...unhashed, hash: hashOf(unhashed) }
  }
  const chain: AuditRecord[] = []
  for (let seq = 1; seq <= 8; seq++) chain.push(record(seq, chain.at(-1)?.hash ?? noHash))

  test('has hashes that others can compute', () => {
    const fields = ['zkserve audit v1', noHash, '1', '1001', 't', 'a', 'did.1', '{}']
    const text = fields.map((field) => `${Buffer.byteLength(field)}:${field},`).join('')
    expect(chain[0]!.hash).toBe(createHash('sha256').update(text).digest('hex'))
    expect(chain[0]!.hash).toBe('a68a4d2068dd1e93bfefeaa53019c6e9a33db46c806bdd95264fead54737420c')
  })

  test('does not hold where records are swapped, put in between or written anew', async () => {
    const [a, b, c, d, ...rest] = chain as [AuditRecord, AuditRecord, AuditRecord, AuditRecord]
    expect(await firstBad(chain)).toBeNull()
    expect(await firstBad([a, c, b, d, ...rest])).toBe(2)
    expect(await firstBad([a, { ...c, seq: 2 }, { ...b, seq: 3 }, d, ...rest])).toBe(2)
    expect(await firstBad([a, b, b, c, d, ...rest])).toBe(3)
    expect(await firstBad([a, b, record(3, b.hash, 'else'), d, ...rest])).toBe(4)
    expect(await firstBad([record(1, a.hash), b, c, d, ...rest])).toBe(1)
    // All of it written anew holds in itself; a head from before shows it.
    const anew: AuditRecord[] = []
    for (let seq = 1; seq <= 8; seq++) anew.push(record(seq, anew.at(-1)?.hash ?? noHash, 'else'))
    expect(await firstBad(anew)).toBeNull()
    expect(await firstBad(anew, { heads: [d] })).toBe(4)
    expect(await firstBad(chain, { heads: [d, { ...d, hash: noHash }] })).toBe(4)
  })

  test('may be checked from a record on', async () => {
    expect(await firstBad(chain.slice(3), { from: 4, heads: [chain[0]!, chain[5]!] })).toBeNull()
    expect(await firstBad(chain.slice(3), { from: 3 })).toBe(3)
    expect(await firstBad([], { from: 1 })).toBeNull()
    expect(await firstBad([], { heads: [chain[0]!] })).toBe(1)
  })
})
