/**
 * Two tenants, every route, every id. The routes are those that Fastify registers: one that is new fails here until it
 * is covered. What names an id of another tenant must be answered exactly as what names none at all.
 */
import type { FastifyInstance, FastifyServerOptions, InjectOptions, LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { loadBundle } from '#prover/bundle/load.js'
import type { Services } from '#service/http/services.js'
import { publishShared } from '#service/models/publish-model.js'
import { type Scope, scopes } from '#service/tenants/tenant.js'
import { digitsBundle, digitsInput, pairBundle } from '../support/bundles.js'
import { expectProblem, testServer } from '../support/test-server.js'

interface SeenRoute {
  readonly method: string
  readonly url: string
  readonly scope: Scope | undefined
}

const seen = vi.hoisted(() => ({ routes: [] as SeenRoute[], services: undefined as Services | undefined }))

vi.mock('fastify', async (load) => {
  const original = await load<typeof import('fastify')>()
  const recording = (options: FastifyServerOptions) => {
    const instance = original.default(options)
    instance.addHook('onRoute', ({ method, url, config }) => {
      for (const each of [method].flat()) seen.routes.push({ method: each, url, scope: config?.scope })
    })
    return instance
  }
  return { ...original, default: recording }
})

vi.mock('#service/http/services.js', async (load) => {
  const original = await load<typeof import('#service/http/services.js')>()
  const createServices: typeof original.createServices = async (...given) => {
    seen.services = await original.createServices(...given)
    return seen.services
  }
  return { ...original, createServices }
})

/** What anybody may ask: nothing there is a tenant's. */
const open = [
  /^(GET|HEAD) \/$/,
  /^(GET|HEAD) \/health\/(live|ready)$/,
  /^(GET|HEAD) \/metrics$/,
  /^(GET|HEAD) \/docs(\/.*)?$/,
  /^(GET|HEAD) \/errors\/:code$/,
  /^(GET|HEAD) \/receipts\/signer$/,
  /^(GET|HEAD) \/v2\/?$/,
  /^(GET|HEAD) \/v2\/health\/(live|ready)$/,
  // Preflights of browsers.
  /^OPTIONS \*$/,
]

/** Routes without ids: what they answer is the tenant's own alone. */
const lists = ['GET /models', 'GET /jobs', 'GET /webhooks', 'GET /usage']

/** Routes that name ids in their bodies, or none that could be another's: these have tests of their own below. */
const bodiesOnly = ['POST /infer', 'POST /verify', 'POST /models', 'POST /webhooks']

/** What the ids in a route's path are of. */
const kinds: Readonly<Record<string, keyof Ids>> = { jobs: 'jobs', webhooks: 'webhooks', models: 'models' }

/** Bodies without which a route refuses for another reason. */
const bodies: Readonly<Record<string, object>> = {
  '/v2/models/:model/infer': tensorBody(),
  '/v2/models/:model/versions/:version/infer': tensorBody(),
}

function tensorBody(): object {
  const inputs = [{ name: 'input', shape: [1, 1, 8, 8], datatype: 'FP32', data: digitsInput() }]
  return { inputs, parameters: { proof: false } }
}

/** All by which something may be named. */
interface Ids {
  readonly jobs: readonly string[]
  readonly webhooks: readonly string[]
  readonly models: readonly string[]
}

/** Of nobody, in the same forms as those of somebody. */
function strangers({ jobs, webhooks, models }: Ids): Ids {
  const other = (id: string) => id.replace(/[0-9a-f]{32,}/, (digits) => 'f'.repeat(digits.length))
  return {
    jobs: jobs.map(other),
    webhooks: webhooks.map(other),
    models: models.map((id) => (other(id) === id ? `x${id}` : other(id))),
  }
}

let server: FastifyInstance
let services: Services
const keys = new Map<string, string>()
/** What belongs to `ann`. */
let own: Ids
/** What must not be read by others: names and ids. */
let marks: string[]

/** A request with a key of a tenant. */
const ask = (who: string, options: InjectOptions): Promise<LightMyRequestResponse> =>
  server.inject({ ...options, headers: { ...options.headers, authorization: `Bearer ${keys.get(who)}` } })

beforeAll(async () => {
  server = await testServer([await pairBundle()], { auth: 'keys' })
  services = seen.services!
  for (const id of ['ann', 'bob']) {
    await server.admin('tenant.add', { id, limits: {} })
    const request = { tenant: id, label: '', lifetime: null }
    const { key } = await server.admin('key.add', { ...request, scopes: [...scopes] })
    keys.set(id, key)
    for (const scope of scopes) {
      const others = scopes.filter((each) => each !== scope)
      keys.set(`${id} without ${scope}`, (await server.admin('key.add', { ...request, scopes: others })).key)
    }
  }
  const bundle = await loadBundle(await digitsBundle())
  // Older than the other's: a page that begins after hers would show it.
  await services.catalogue.registry.create({ tenant: 'bob', name: 'older', options: null, limit: 1 })
  await publishShared({ ...services.catalogue, store: services.catalogue.store! }, bundle)
  const { tables } = services.database
  const { modelHash, vkHash } = bundle.manifest
  await tables
    .updateTable('models')
    .set({ tenant: 'ann', name: 'secret' })
    .where('vk_hash', '=', vkHash)
    .execute()
  const { id } = await tables
    .selectFrom('models')
    .select('id')
    .where('name', '=', 'secret')
    .executeTakeFirstOrThrow()
  const input = { a: [0, 0.5, 1], b: [1, 1, 0] }
  const post = (url: string, payload: object, headers = {}) =>
    ask('ann', { method: 'POST', url, payload, headers })
  const proven = await post('/infer', { model: 'pair', input, wait: true })
  expect(proven.statusCode).toBe(200)
  const cancelled = (await post('/infer', { model: 'pair', input }, { 'idempotency-key': 'ours' })).json().job
    .id
  await ask('ann', { method: 'DELETE', url: `/jobs/${cancelled}` })
  const webhook = (await post('/webhooks', { url: 'https://hooks.example.com/ann' })).json()
  await post(`/webhooks/${webhook.id}/test`, {})
  const done = await tables.selectFrom('jobs').select('id').where('tenant', '=', 'ann').execute()
  own = {
    jobs: done.map((job) => job.id),
    webhooks: [webhook.id],
    models: [id, 'secret', 'secret:1', vkHash, vkHash.slice(2), modelHash],
  }
  expect(own.jobs).toHaveLength(2)
  marks = [...Object.values(own).flat(), 'hooks.example.com', webhook.secret]
})
afterAll(() => server?.close())

const nameOf = ({ method, url }: SeenRoute) => `${method} ${url}`
const isOpen = (route: SeenRoute) => open.some((form) => form.test(nameOf(route)))
const closed = () => seen.routes.filter((route) => !isOpen(route))
const withIds = () => closed().filter(({ url }) => url.includes(':'))

/** The requests of a route for each of the ids. */
function requestsOf({ method, url }: SeenRoute, ids: Ids): InjectOptions[] {
  const [, folder, parameter] = /^(?:\/v2)?\/([a-z]+)\/(:[a-z]+)/.exec(url) ?? []
  const kind = kinds[folder ?? '']
  if (kind === undefined) throw new Error(`${method} ${url}: say in "kinds" what its ids are of`)
  return ids[kind].map((id) => {
    const path = url.replace(parameter!, encodeURIComponent(id)).replace(':version', '1')
    if (path.includes(':') && !id.includes(':')) throw new Error(`${method} ${url} has another parameter`)
    const payload =
      bodies[url] ?? (method === 'GET' || method === 'HEAD' || method === 'DELETE' ? undefined : {})
    return { method: method as 'GET', url: path, ...(payload === undefined ? {} : { payload }) }
  })
}

/** The body without what differs from request to request. */
function withoutIds({ body }: LightMyRequestResponse, ids: Ids): string {
  const named = Object.values(ids)
    .flat()
    .sort((a, b) => b.length - a.length)
  return [...named, ...named.map(encodeURIComponent)]
    .reduce((text, id) => text.replaceAll(id, 'ID'), body)
    .replace(/"(requestId|instance)":"[^"]+"/g, '')
}

/** Refused as if there were none. */
async function expectHidden(mine: InjectOptions, none: InjectOptions): Promise<void> {
  const [refused, unknown] = [await ask('bob', mine), await ask('bob', none)]
  const about = `${mine.method} ${mine.url} ${JSON.stringify(mine.payload ?? null)}`
  expect([403, 404], about).toContain(refused.statusCode)
  expect(refused.statusCode, about).toBe(unknown.statusCode)
  expect(withoutIds(refused, own), about).toBe(withoutIds(unknown, strangers(own)))
  expect(Object.keys(refused.headers).sort(), about).toEqual(Object.keys(unknown.headers).sort())
}

describe('every route', () => {
  test('is open by name, or has a scope', () => {
    expect(seen.routes.length).toBeGreaterThan(20)
    expect(
      closed()
        .filter(({ scope }) => scope === undefined)
        .map(nameOf),
    ).toEqual([])
    expect(seen.routes.filter((route) => isOpen(route) && route.scope !== undefined).map(nameOf)).toEqual([])
  })

  test('is covered here', () => {
    const covered = [...lists, ...lists.map((name) => name.replace('GET', 'HEAD')), ...bodiesOnly]
    const left = closed().filter((route) => !route.url.includes(':') && !covered.includes(nameOf(route)))
    expect(left.map(nameOf)).toEqual([])
  })

  test('with a scope asks for a key that has it', async () => {
    for (const route of closed()) {
      const url = route.url.replaceAll(/:[a-z]+/g, 'x')
      const request = { method: route.method as 'GET', url }
      const unnamed = await server.inject(request)
      const unable = await ask(`bob without ${route.scope}`, request)
      expect([unnamed.statusCode, unable.statusCode], nameOf(route)).toEqual([401, 403])
      if (route.method === 'HEAD') continue
      expectProblem(unnamed, 'UNAUTHENTICATED')
      expectProblem(unable, 'FORBIDDEN')
    }
  })
})

describe("another tenant's", () => {
  test('ids are as good as none, on every route', async () => {
    let count = 0
    for (const route of withIds()) {
      const none = requestsOf(route, strangers(own))
      for (const [i, mine] of requestsOf(route, own).entries()) {
        await expectHidden(mine, none[i]!)
        count++
      }
    }
    expect(count).toBeGreaterThan(50)
  })

  test('lists show nothing', async () => {
    for (const name of lists) {
      const { body, statusCode } = await ask('bob', { url: name.replace('GET ', '') })
      if (!seen.routes.some((route) => nameOf(route) === name)) continue
      expect(statusCode, name).toBe(200)
      for (const mark of marks) expect(body, name).not.toContain(mark)
    }
  })

  test('ids are no cursors', async () => {
    const none = strangers(own)
    for (const [kind, ids] of Object.entries(own) as [keyof Ids, readonly string[]][]) {
      for (const [i, id] of ids.entries()) {
        const url = (cursor: string) => `/${kind}?cursor=${encodeURIComponent(cursor)}`
        const [mine, unknown] = [
          await ask('bob', { url: url(id) }),
          await ask('bob', { url: url(none[kind][i]!) }),
        ]
        expect(mine.statusCode, url(id)).toBe(unknown.statusCode)
        expect(withoutIds(mine, own), url(id)).toBe(withoutIds(unknown, none))
      }
    }
  })

  test('pages cannot be turned', async () => {
    for (const name of lists) {
      const url = name.replace('GET ', '')
      const { next } = (await ask('ann', { url: `${url}?limit=1` })).json()
      if (typeof next !== 'string') continue
      const { body } = await ask('bob', { url: `${url}?limit=1&cursor=${encodeURIComponent(next)}` })
      for (const mark of marks) expect(body, name).not.toContain(mark)
    }
  })

  test('models do not infer and do not verify', async () => {
    const none = strangers(own)
    const proof = { protocol: 'groth16', curve: 'bn128', pi_a: ['1', '2', '1'], pi_c: ['1', '2', '1'] }
    const pi_b = [
      ['1', '2'],
      ['1', '2'],
      ['1', '0'],
    ]
    for (const [i, model] of own.models.entries()) {
      for (const [url, body] of [
        ['/infer', { input: digitsInput() }],
        ['/infer', { input: digitsInput(), proof: false }],
        ['/verify', { proof: { ...proof, pi_b }, publicSignals: ['1', '2', '3'] }],
      ] as const) {
        const request = (model: string) => ({ method: 'POST', url, payload: { ...body, model } }) as const
        await expectHidden(request(model), request(none.models[i]!))
      }
    }
    const unnamed = await ask('bob', {
      method: 'POST',
      url: '/infer',
      payload: { input: digitsInput(), proof: false },
    })
    expectProblem(unnamed, 'INVALID_INPUT')
  })

  test('Idempotency-Keys are free', async () => {
    const headers = { 'idempotency-key': 'ours' }
    const input = { a: [1, 0.5, 1], b: [1, 1, 1] }
    const first = await ask('bob', {
      method: 'POST',
      url: '/infer',
      payload: { model: 'pair', input },
      headers,
    })
    expect(first.statusCode).toBe(202)
    expect(first.headers['idempotency-replayed']).toBeUndefined()
    expect(own.jobs).not.toContain(first.json().job.id)
    const again = await ask('ann', {
      method: 'POST',
      url: '/infer',
      payload: { model: 'pair', input: { a: [0, 0.5, 1], b: [1, 1, 0] } },
      headers,
    })
    expect(own.jobs).toContain(again.json().job.id)
  })

  test('jobs send nothing to webhooks', async () => {
    const made = await ask('bob', {
      method: 'POST',
      url: '/webhooks',
      payload: { url: 'https://bob.example.com/' },
    })
    const input = { a: [0, 0.5, 1], b: [1, 1, 0] }
    await ask('ann', { method: 'POST', url: '/infer', payload: { model: 'pair', input, wait: true } })
    const { deliveries } = (await ask('bob', { url: `/webhooks/${made.json().id}/deliveries` })).json()
    // That of the key test may have ended meanwhile.
    const jobs = await services.database.tables.selectFrom('jobs').select(['id', 'tenant']).execute()
    for (const { job } of deliveries) expect(jobs.find(({ id }) => id === job)?.tenant).toBe('bob')
  })
})

test('to its owner all of it is there: nothing above was refused for another reason', async () => {
  for (const name of lists) {
    if (name === 'GET /usage' || !seen.routes.some((route) => nameOf(route) === name)) continue
    const { body } = await ask('ann', { url: name.replace('GET ', '') })
    expect(
      marks.some((mark) => body.includes(mark)),
      name,
    ).toBe(true)
  }
  const inOrder = withIds().sort((a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'))
  for (const route of inOrder) {
    const statuses = []
    for (const request of requestsOf(route, own)) statuses.push((await ask('ann', request)).statusCode)
    // A deleted model goes with all its names.
    const tried = route.method === 'DELETE' ? statuses.slice(0, 1) : statuses
    for (const status of tried) expect([401, 403, 404], nameOf(route)).not.toContain(status)
  }
})
