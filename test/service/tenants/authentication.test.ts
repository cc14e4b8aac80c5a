/** Keys, rate limits and quotas as a client meets them. */
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPortWarning } from '#service/http/open-port.js'
import { drawKey } from '#service/tenants/api-key.js'
import { type Scope, scopes } from '#service/tenants/tenant.js'
import { pairBundle } from '../support/bundles.js'
import { expectProblem, post, testServer } from '../support/test-server.js'

const input = { a: [0, 0.5, 1], b: [1, 1, 0] }
const origin = 'https://app.example'
let bundle: string
let server: FastifyInstance
beforeAll(async () => {
  bundle = await pairBundle()
  server = await testServer([bundle], { auth: 'keys', trustedProxies: '127.0.0.1', corsOrigin: origin })
})
afterAll(() => server?.close())

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
let number = 0
/** A key of a tenant of its own. */
async function newKey(allowed: readonly Scope[] = scopes, on = server) {
  const id = `tenant-${number++}`
  await on.admin('tenant.add', { id, limits: {} })
  const { key, id: keyId } = await on.admin('key.add', {
    ...{ tenant: id, label: '', lifetime: null },
    scopes: [...allowed],
  })
  return { tenant: id, key, id: keyId, headers: bearer(key) }
}
/** As if it came from another address. */
const from = (address: string) => ({ 'x-forwarded-for': address })

const expectUnauthenticated = (response: LightMyRequestResponse, challenge: string) => {
  expectProblem(response, 'UNAUTHENTICATED')
  expect(response.headers['www-authenticate']).toBe(challenge)
}
const plain = 'Bearer realm="zkserve"'
const invalid = 'Bearer realm="zkserve", error="invalid_token"'

describe('a service that asks for keys', () => {
  test('answers nobody without a key, or with a wrong one', async () => {
    const { key } = await newKey()
    expectUnauthenticated(await server.inject({ url: '/models' }), plain)
    expectUnauthenticated(await post(server, '/infer', { input, proof: false }), plain)
    const wrong = [
      ...['', 'Bearer', 'Bearer ', 'Bearer zk_1', `Basic ${key}`, key, `Bearer ${key} x`, `Bearer x ${key}`],
      ...[
        `Bearer ${drawKey().key}`,
        `Bearer ${key.slice(0, -1)}`,
        `Bearer\t${key}`,
        `Bearer ${'z'.repeat(5000)}`,
      ],
    ]
    for (const authorization of wrong) {
      const headers = { authorization, ...from('192.0.2.1') }
      expectUnauthenticated(await server.inject({ url: '/models', headers }), invalid)
    }
    expectUnauthenticated(await server.inject({ url: '/models', headers: { 'x-api-key': key } }), plain)
    expectUnauthenticated(await server.inject({ url: `/models?authorization=${key}` }), plain)
  })

  test('refuses before it reads the body', async () => {
    expectUnauthenticated(await post(server, '/infer', '{'), plain)
    const { headers } = await newKey(['read'])
    expectProblem(await post(server, '/infer', '{', headers), 'FORBIDDEN')
  })

  test('takes a key, whatever the case of the scheme, and lets it do what its scopes say', async () => {
    const { headers, key } = await newKey(['read'])
    for (const authorization of [`Bearer ${key}`, `bearer  ${key}`, `BEARER ${key} `])
      expect((await server.inject({ url: '/models', headers: { authorization } })).statusCode).toBe(200)
    expect((await server.inject({ method: 'HEAD', url: '/models', headers })).statusCode).toBe(200)
    const refused = await post(server, '/infer', { input, proof: false }, headers)
    expect(expectProblem(refused, 'FORBIDDEN').detail).toContain('"infer"')
    expect(refused.headers['www-authenticate']).toBe(
      'Bearer realm="zkserve", error="insufficient_scope", scope="infer"',
    )
    const able = await newKey(['infer'])
    expect((await post(server, '/infer', { input, proof: false }, able.headers)).statusCode).toBe(200)
  })

  test('refuses revoked keys and disabled tenants, saying so to the holder', async () => {
    const one = await newKey()
    await server.admin('key.revoke', { id: one.id })
    const revoked = await server.inject({ url: '/models', headers: one.headers })
    expectUnauthenticated(revoked, invalid)
    expect(revoked.json().detail).toContain('revoked')
    const two = await newKey()
    await server.admin('tenant.disable', { id: two.tenant })
    const disabled = await server.inject({ url: '/models', headers: two.headers })
    expectUnauthenticated(disabled, invalid)
    expect(disabled.json().detail).toContain('disabled')
  })

  test('stays open where load balancers and readers look', async () => {
    const open = [
      '/health/live',
      '/health/ready',
      '/metrics',
      '/docs',
      '/docs/json',
      '/errors/FORBIDDEN',
      '/receipts/signer',
    ]
    for (const url of open) expect((await server.inject({ url })).statusCode).toBeLessThan(400)
    expectProblem(await server.inject({ url: '/none' }), 'ROUTE_NOT_FOUND')
  })

  test('sends its security headers with refusals too, and lets browsers read them', async () => {
    const { headers } = await server.inject({ url: '/models', headers: { origin } })
    expect(headers).toMatchObject({
      'access-control-allow-origin': origin,
      'x-content-type-options': 'nosniff',
      'strict-transport-security': expect.stringContaining('max-age'),
      'content-security-policy': expect.stringContaining("default-src 'self'"),
    })
    const preflight = await server.inject({
      method: 'OPTIONS',
      url: '/infer',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    })
    expect(preflight.statusCode).toBe(204)
    expect(preflight.headers['access-control-allow-headers']).toMatch(/authorization/i)
  })

  test('names scheme and scope of each route in its document', async () => {
    const document = (await server.inject({ url: '/docs/json' })).json()
    expect(document.components.securitySchemes.apiKey).toMatchObject({ type: 'http', scheme: 'bearer' })
    expect(document.paths['/infer'].post.security).toEqual([{ apiKey: ['infer'] }])
    expect(document.paths['/health/live'].get.security).toBeUndefined()
  })

  test('stops an address that tries wrong keys, but not keys that it has seen', async () => {
    const { headers } = await newKey()
    const fresh = await newKey()
    const guess = (address: string, key = drawKey().key) =>
      server.inject({ url: '/models', headers: { ...bearer(key), ...from(address) } })
    const address = '2001:db8::1'
    const seen = await server.inject({ url: '/models', headers: { ...headers, ...from(address) } })
    expect(seen.statusCode).toBe(200)
    for (let i = 0; i < 60; i++) expectProblem(await guess(`2001:db8::${i + 2}`), 'UNAUTHENTICATED')
    const stopped = await guess(address)
    expectProblem(stopped, 'RATE_LIMITED')
    expect(Number(stopped.headers['retry-after'])).toBeGreaterThan(0)
    expectProblem(await guess(address, fresh.key), 'RATE_LIMITED')
    const still = await server.inject({ url: '/models', headers: { ...headers, ...from(address) } })
    expect(still.statusCode).toBe(200)
    expectProblem(await guess('2001:db8:0:1::1'), 'UNAUTHENTICATED')
    expect((await guess('192.0.2.7', fresh.key)).statusCode).toBe(200)
  })

  test('counts and limits by tenant', async () => {
    const { headers, tenant } = await newKey()
    await server.admin('tenant.limit', {
      id: tenant,
      limits: { constraintsPerDay: 1, openJobs: 4, requestsPerMinute: 1000 },
    })
    const refused = expectProblem(await post(server, '/infer', { input }, headers), 'QUOTA_EXCEEDED')
    expect(refused.details).toMatchObject({ quota: 1 })
    await server.admin('tenant.limit', { id: tenant, limits: { constraintsPerDay: 1_000_000 } })
    await post(server, '/infer', { input, wait: true }, headers)
    const usage = await server.inject({ url: '/usage', headers })
    expect(usage.json()).toEqual({
      tenant,
      day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      resetsAt: expect.stringMatching(/T00:00:00\.000Z$/),
      used: { constraints: (refused.details as { cost: number }).cost, proofs: 1, openJobs: 0 },
      limits: { constraintsPerDay: 1_000_000, openJobs: 4, requestsPerMinute: 1000 },
    })
    expect(Date.parse(usage.json().resetsAt)).toBeGreaterThan(Date.now())
    const second = await newKey()
    expect((await server.inject({ url: '/usage', headers: second.headers })).json()).toMatchObject({
      used: { constraints: 0, proofs: 0, openJobs: 0 },
      limits: { constraintsPerDay: null, openJobs: null, requestsPerMinute: null },
    })
  })
})

describe('a limit of requests', () => {
  test('is that of the tenant, whatever key and address, and says what is left', async () => {
    const { tenant, headers } = await newKey()
    await server.admin('tenant.limit', { id: tenant, limits: { requestsPerMinute: 3 } })
    const { key } = await server.admin('key.add', { tenant, label: '', scopes: ['read'], lifetime: null })
    const ask = (headers: Record<string, string>, url = '/usage') => server.inject({ url, headers })
    const first = await ask(headers)
    expect(first.headers).toMatchObject({
      'ratelimit-limit': '3',
      'ratelimit-remaining': '2',
      'ratelimit-reset': '60',
    })
    await ask({ ...bearer(key), ...from('192.0.2.1') })
    expect((await ask(headers, `/jobs/${'0'.repeat(32)}`)).statusCode).toBe(404)
    const refused = await ask({ ...bearer(key), ...from('192.0.2.2') })
    expectProblem(refused, 'RATE_LIMITED')
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect(refused.headers['retry-after']).toBe(refused.headers['ratelimit-reset'])
    expect((await ask((await newKey()).headers)).statusCode).toBe(200)
  })

  test('is that of the address where there are no keys; X-Forwarded-For counts from proxies alone', async () => {
    const open = await testServer([bundle], { requestsPerMinute: 2, trustedProxies: '127.0.0.0/8' })
    const ask = (address: string, remoteAddress = '127.0.0.1', url = '/models') =>
      open.inject({ url, headers: from(address), remoteAddress })
    for (let i = 0; i < 2; i++) expect((await ask(`192.0.2.${i}`, '198.51.100.1')).statusCode).toBe(200)
    expectProblem(await ask('192.0.2.3', '198.51.100.1'), 'RATE_LIMITED')
    for (let i = 0; i < 2; i++) expect((await ask('203.0.113.1')).statusCode).toBe(200)
    expectProblem(await ask('203.0.113.1'), 'RATE_LIMITED')
    // Only the last hop is the proxy's own word.
    expectProblem(await ask('203.0.113.9, 203.0.113.1'), 'RATE_LIMITED')
    expect((await ask('203.0.113.2')).statusCode).toBe(200)
    for (const url of ['/health/live', '/health/ready', '/metrics', '/v2/health/live', '/v2/health/ready'])
      expect((await ask('203.0.113.1', '127.0.0.1', url)).statusCode).toBe(200)
    await open.close()
  })
})

test('proxies are addresses or networks', async () => {
  for (const trustedProxies of ['1.2.3', '10.0.0.0/33', 'fd00::/129', '1.2.3.4.5', ':::'])
    await expect(testServer([], { trustedProxies })).rejects.toMatchObject({ code: 'USAGE' })
})

test('the operator is told of a service that is open to others', () => {
  const warning = (address: string, auth: 'none' | 'keys' = 'none', role: 'all' | 'worker' = 'all') =>
    openPortWarning({ auth, role }, address)
  for (const address of ['0.0.0.0', '::', '192.0.2.1', '2001:db8::127.0.0.1', '128.0.0.1', '::ffff:10.0.0.1'])
    expect(warning(address)).toContain(address)
  for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])
    expect(warning(address)).toBeNull()
  expect([warning('::', 'keys'), warning('::', 'none', 'worker')]).toEqual([null, null])
})
