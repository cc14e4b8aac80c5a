import type { FastifyInstance } from 'fastify'
import { Webhook } from 'standardwebhooks'
import { Check } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jobMessageSchema, pingMessageSchema } from '#service/http/schemas/webhook-messages.js'
import { pairBundle } from '../support/bundles.js'
import { expectProblem, post, testServer } from '../support/test-server.js'
import { type Receiver, startReceiver } from '../support/test-webhooks.js'

const pair = { a: [0, 0.5, 1], b: [1, 1, 0] }
const url = 'https://hooks.example.com/zkserve?key=1'
let server: FastifyInstance
let receiver: Receiver

beforeAll(async () => {
  receiver = await startReceiver()
  server = await testServer([await pairBundle()], {
    webhookAllow: [receiver.address],
    webhookLimit: 3,
  })
})
afterAll(async () => {
  await server?.close()
  await receiver?.close()
})

const get = (path: string) => server.inject({ url: path })
const remove = (id: string) => server.inject({ method: 'DELETE', url: `/webhooks/${id}` })
const until = async (met: () => boolean | Promise<boolean>) => {
  while (!(await met())) await new Promise((resolve) => setTimeout(resolve, 10))
}

describe('a webhook', () => {
  test('is made, told, listed and deleted; its secret is shown once', async () => {
    const made = await post(server, '/webhooks', { url, events: ['job.failed'] })
    expect(made.statusCode).toBe(201)
    const { secret, ...webhook } = made.json()
    expect(secret).toMatch(/^whsec_/)
    expect(made.headers).toMatchObject({ location: `/webhooks/${webhook.id}`, 'cache-control': 'no-store' })
    expect(webhook).toEqual({
      id: expect.stringMatching(/^wh_[0-9a-f]{32}$/),
      url,
      events: ['job.failed'],
      createdAt: expect.stringMatching(/Z$/),
      failingSince: null,
      disabledAt: null,
    })
    expect((await get(made.headers.location!)).json()).toEqual(webhook)
    const all = (await post(server, '/webhooks', { url })).json()
    expect(all.events).toEqual(['job.succeeded', 'job.failed', 'job.cancelled', 'job.expired'])
    expect((await get('/webhooks')).json().webhooks.map(({ id }: { id: string }) => id)).toEqual([
      webhook.id,
      all.id,
    ])
    for (const id of [webhook.id, all.id]) expect((await remove(id)).statusCode).toBe(204)
    expectProblem(await get(`/webhooks/${all.id}`), 'WEBHOOK_NOT_FOUND')
    expect((await get('/webhooks')).json()).toEqual({ webhooks: [] })
  })

  test('is told that a proof was made, and where', async () => {
    const { id, secret } = (await post(server, '/webhooks', { url: receiver.url })).json()
    const { job } = (await post(server, '/infer', { input: pair })).json()
    await until(() => receiver.received.length === 1)
    const { headers, body } = receiver.received[0]!
    const { type, data } = new Webhook(secret).verify(body, headers as Record<string, string>) as {
      type: string
      data: Record<string, unknown>
    }
    expect(type).toBe('job.succeeded')
    expect(Check(jobMessageSchema, JSON.parse(body))).toBe(true)
    const kept = (await get(data.url as string)).json()
    expect(kept).toMatchObject({ id: job.id, state: 'succeeded' })
    expect(data).toEqual({
      id: job.id,
      state: 'succeeded',
      kind: 'proof',
      model: kept.model,
      error: null,
      url: job.url,
    })
    await until(
      async () => (await get(`/webhooks/${id}/deliveries`)).json().deliveries[0].state !== 'pending',
    )
    expect((await get(`/webhooks/${id}/deliveries`)).json()).toEqual({
      deliveries: [
        {
          id: headers['webhook-id'],
          event: 'job.succeeded',
          job: job.id,
          state: 'delivered',
          attempts: 1,
          status: 204,
          createdAt: expect.stringMatching(/Z$/),
          attemptedAt: expect.stringMatching(/Z$/),
          nextAt: null,
          finishedAt: expect.stringMatching(/Z$/),
        },
      ],
      next: null,
    })
    await remove(id)
  })

  test('is tried with a ping, signed by the new secret and the old', async () => {
    const { id, secret } = (await post(server, '/webhooks', { url: receiver.url })).json()
    const rotated = await server.inject({ method: 'POST', url: `/webhooks/${id}/rotate` })
    expect(rotated.statusCode).toBe(200)
    expect(rotated.headers['cache-control']).toBe('no-store')
    expect(Date.parse(rotated.json().oldUntil)).toBeGreaterThan(Date.now() + 23 * 3_600_000)
    const tried = await server.inject({ method: 'POST', url: `/webhooks/${id}/test` })
    expect(tried.statusCode).toBe(202)
    expect(tried.json()).toMatchObject({ event: 'ping', job: null, state: 'pending' })
    await until(() => receiver.received.length === 2)
    const { headers, body } = receiver.received[1]!
    for (const key of [secret, rotated.json().secret]) {
      expect(new Webhook(key).verify(body, headers as Record<string, string>)).toMatchObject({ type: 'ping' })
    }
    expect(headers['webhook-id']).toBe(tried.json().id)
    expect(Check(pingMessageSchema, JSON.parse(body))).toBe(true)
    await remove(id)
  })

  test('has its deliveries listed in pages', async () => {
    const { id } = (await post(server, '/webhooks', { url, events: ['job.cancelled'] })).json()
    const ended: string[] = []
    for (let i = 0; i < 3; i++) {
      const { job } = (await post(server, '/infer', { input: pair })).json()
      await server.inject({ method: 'DELETE', url: job.url })
      const { state } = (await get(job.url)).json()
      if (state === 'cancelled') ended.unshift(job.id)
    }
    const seen: string[] = []
    let cursor = ''
    do {
      const response = await get(`/webhooks/${id}/deliveries?limit=1${cursor}`)
      const page = response.json()
      const link =
        page.next === null ? undefined : expect.stringContaining(`cursor=${page.next}>; rel="next"`)
      expect(response.headers.link).toEqual(link)
      seen.push(...page.deliveries.map(({ job }: { job: string }) => job))
      cursor = page.next === null ? '' : `&cursor=${page.next}`
    } while (cursor !== '')
    expect(seen).toEqual(ended)
    for (const query of ['cursor=x', 'cursor=', 'limit=0', 'limit=101', 'limit=1e1', 'other=1']) {
      expectProblem(await get(`/webhooks/${id}/deliveries?${query}`), 'INVALID_REQUEST')
    }
    await remove(id)
  })

  test.each([
    'http://hooks.example.com/',
    'https://localhost/',
    'https://127.0.0.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://hooks.example.com:8443/',
    'https://user:hunter2@hooks.example.com/',
    'nonsense',
  ])('is not made for %s', async (refused) => {
    const problem = expectProblem(await post(server, '/webhooks', { url: refused }), 'WEBHOOK_REFUSED')
    expect(JSON.stringify(problem)).not.toContain('hunter2')
  })

  test.each([
    {},
    { url: 7 },
    { url: '' },
    { url: null },
    { url: `https://hooks.example.com/${'a'.repeat(2048)}` },
    { url, events: [] },
    { url, events: ['job.running'] },
    { url, events: ['ping'] },
    { url, events: ['job.failed', 'job.failed'] },
    { url, events: 'job.failed' },
    { url, secret: 'whsec_mine' },
    [],
    null,
  ])('is not made of %j', async (body) => {
    expectProblem(await post(server, '/webhooks', body), 'INVALID_REQUEST')
  })

  test('is one of a few', async () => {
    const made = await Promise.all([1, 2, 3, 4, 5].map(() => post(server, '/webhooks', { url })))
    expect(made.map(({ statusCode }) => statusCode).toSorted()).toEqual([201, 201, 201, 429, 429])
    for (const response of made) {
      if (response.statusCode === 429) expectProblem(response, 'QUOTA_EXCEEDED')
      else await remove(response.json().id)
    }
  })

  test('that is not known is a problem on every route', async () => {
    const path = `/webhooks/wh_${'0'.repeat(32)}`
    for (const [method, url] of [
      ['GET', path],
      ['DELETE', path],
      ['POST', `${path}/rotate`],
      ['POST', `${path}/test`],
      ['GET', `${path}/deliveries`],
    ] as const) {
      expectProblem(await server.inject({ method, url }), 'WEBHOOK_NOT_FOUND')
      expectProblem(await server.inject({ method, url: url.replace('wh_0', 'wh_') }), 'INVALID_REQUEST')
    }
  })
})

test('what is sent is part of the OpenAPI document', async () => {
  const { webhooks, paths } = (await get('/docs/json')).json()
  expect(Object.keys(webhooks)).toEqual(['job.ended', 'ping'])
  const { schema } = webhooks['job.ended'].post.requestBody.content['application/json']
  expect(schema.properties.type.enum).toContain('job.succeeded')
  expect(schema.examples[0].data.url).toMatch(/^\/jobs\//)
  expect(Object.keys(paths).filter((path) => path.startsWith('/webhooks'))).toHaveLength(5)
})
