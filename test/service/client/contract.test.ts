/** The client against the service's OpenAPI document: every route has a method, every request fits its schema. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ZkserveClient } from '#service/client/client.js'
import { pairBundle } from '../support/bundles.js'
import { testServer } from '../support/test-server.js'

interface Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> }
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly schema: object }[]
}

type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>

/** For operators, load balancers and people; the Open Inference Protocol has clients of its own. */
const withoutMethod = /^GET \/(health\/|metrics|errors\/|docs|v2)|^POST \/v2\//

let server: FastifyInstance
let paths: Paths

beforeAll(async () => {
  server = await testServer([await pairBundle()])
  paths = (await server.inject('/docs/json')).json().paths
})
afterAll(() => server?.close())

interface Sent {
  readonly method: string
  readonly url: URL
  readonly body: unknown
}

/** What the client sends when all its methods are called; each is answered with an empty object. */
async function sentByAll(): Promise<Sent[]> {
  const sent: Sent[] = []
  const fetch = async (address: unknown, { method, body }: RequestInit = {}): Promise<Response> => {
    const url = new URL(String(address))
    sent.push({ method: method!, url, body: typeof body === 'string' ? JSON.parse(body) : body })
    return url.pathname.endsWith('/events') ? new Response(null, { status: 204 }) : Response.json({})
  }
  const client = new ZkserveClient({ url: 'http://service', fetch: fetch as typeof globalThis.fetch })
  const { jobs, models, webhooks } = client
  const job = '0'.repeat(32)
  const webhook = `wh_${job}`
  const request = { model: 'm', input: [1], requester: `0x${'1'.repeat(40)}`, nonce: '1', deadline: 5 }
  const upload = { model: new Blob(['x']), calibration: new Blob(['y']), options: { name: 'm', bits: 8 } }
  const calls: (() => Promise<unknown>)[] = [
    () => client.infer(request),
    () => client.submit(request),
    () => client.inferAndProve(request),
    () => client.usage(),
    () => client.receiptSigner(),
    () => jobs.get(job),
    () => jobs.list({ limit: 5, state: 'queued', cursor: 'c' }),
    () => jobs.cancel(job),
    () => jobs.events(job).next(),
    () => models.list({ limit: 5, name: 'm' }),
    () => models.get('m'),
    () => models.report('m'),
    () => models.solidity('m'),
    () => models.verificationKey('m'),
    () => models.manifest('m'),
    () => models.upload(upload),
    () => models.delete('m', { cancel: true }),
    () => webhooks.create({ url: 'https://a.example', events: ['job.failed'] }),
    () => webhooks.list(),
    () => webhooks.get(webhook),
    () => webhooks.rotate(webhook),
    () => webhooks.test(webhook),
    () => webhooks.deliveries(webhook, { limit: 5 }),
    () => webhooks.delete(webhook),
  ]
  for (const call of calls) await call()
  const proof = (
    await server.inject({
      method: 'POST',
      url: '/infer',
      payload: { inputs: { a: [1, 0, 0], b: [0, 0, 1] }, wait: true },
    })
  ).json()
  await client.verify(proof)
  return sent
}

test('every route has a method of the client, and what it sends fits', async () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  const called = new Set<string>()
  for (const { method, url, body } of await sentByAll()) {
    const [path, operations] = Object.entries(paths).find(([template, operations]) => {
      const form = new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`)
      return form.test(url.pathname) && operations[method.toLowerCase()] !== undefined
    }) ?? ['', {}]
    const operation = operations[method.toLowerCase()]
    expect(operation, `${method} ${url.pathname}`).toBeDefined()
    called.add(`${method} ${path}`)
    const schema = operation!.requestBody?.content['application/json']?.schema
    if (schema !== undefined) expect(ajv.validate(schema, body), `${path}: ${ajv.errorsText()}`).toBe(true)
    for (const [name, value] of url.searchParams) {
      const parameter = operation!.parameters?.find((given) => given.in === 'query' && given.name === name)
      expect(parameter && ajv.validate(parameter.schema, value), `${path}?${name}`).toBe(true)
    }
  }
  const all = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(all.filter((route) => !called.has(route) && !withoutMethod.test(route))).toEqual([])
})
