import type { FastifyInstance } from 'fastify'
import { groth16 } from 'snarkjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { digitsBundle, pairBundle } from '../support/bundles.js'
import { post, testServer } from '../support/test-server.js'

let server: FastifyInstance

beforeAll(async () => {
  server = await testServer([await digitsBundle(), await pairBundle()])
})
afterAll(() => server?.close())

const get = async (url: string) => (await server.inject({ url })).json()

describe('GET /models', () => {
  test('lists what is served, with inputs, outputs and kind of keys', async () => {
    const { models } = await get('/models')
    expect(models.map((model: { name: string }) => model.name)).toEqual(['digits', 'pair'])
    expect(models[0]).toMatchObject({
      inputs: [{ shape: [1, 1, 8, 8], bits: 8 }],
      outputs: [{ name: 'logits', shape: [1, 10], activation: null }],
      inputMode: 'hashed',
      batch: 1,
      setup: { kind: 'development', production: false },
    })
  })

  test('describes a model by name and by each of its hashes', async () => {
    const model = await get('/models/digits')
    for (const id of [model.modelHash, model.modelHash.slice(2), model.vkHash]) {
      expect(await get(`/models/${id}`)).toEqual(model)
    }
    const counts = [...model.layers.map((layer: { constraints: number }) => layer.constraints)]
    const overhead = Object.values<number>(model.overhead)
    expect([...counts, ...overhead].reduce((sum, count) => sum + count, 0)).toBe(model.constraints)
    expect(model.publicSignals.map(({ kind }: { kind: string }) => kind)).toEqual([
      'inputCommitment',
      'output',
      'output',
      'context',
    ])
  })

  test('gives a verifying key that snarkjs accepts with a proof of the service', async () => {
    const key = await get('/models/pair/verification-key')
    const inputs = { a: [1, 0, 0], b: [0, 0, 1] }
    const reply = (await post(server, '/infer', { model: 'pair', inputs, wait: true })).json()
    expect(await groth16.verify(key, reply.publicSignals, reply.proof)).toBe(true)
    await (globalThis as { curve_bn128?: { terminate(): Promise<void> } }).curve_bn128?.terminate()
  })
})

describe('health', () => {
  test('is live and ready with models', async () => {
    expect(await get('/health/live')).toEqual({ status: 'live' })
    expect(await get('/health/ready')).toMatchObject({ status: 'ready', reason: null, models: 2 })
  })

  test('is ready without models where it takes uploads', async () => {
    const empty = await testServer([])
    const response = await empty.inject({ url: '/health/ready' })
    expect(response.statusCode).toBe(200)
    expect(response.json()).toMatchObject({ status: 'ready', models: 0 })
    await empty.close()
  })
})

describe('documentation', () => {
  test('is rendered as a page that its own policy lets run, and / leads there', async () => {
    expect((await server.inject({ url: '/' })).headers.location).toBe('/docs')
    const page = await server.inject({ url: '/docs' })
    expect(page.headers['content-type']).toMatch(/html/)
    expect(page.headers['content-security-policy']).toMatch(/script-src 'self'/)
    const script = await server.inject({ url: '/docs/static/swagger-ui-bundle.js' })
    expect(script.statusCode).toBe(200)
  })
})

test('answers carry the headers of a careful service', async () => {
  const { headers } = await server.inject({
    url: '/models',
    headers: { origin: 'https://elsewhere.example' },
  })
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-request-id': expect.any(String) })
  expect(headers['access-control-allow-origin']).toBeUndefined()
})

test('origins that the settings name may call from a browser', async () => {
  const open = await testServer([], { corsOrigin: ['https://app.example'] })
  const origin = async (from: string) =>
    (await open.inject({ url: '/models', headers: { origin: from } })).headers['access-control-allow-origin']
  expect(await origin('https://app.example')).toBe('https://app.example')
  expect(await origin('https://elsewhere.example')).toBeUndefined()
  await open.close()
})
