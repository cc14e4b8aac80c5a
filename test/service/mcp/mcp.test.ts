/** Models as tools of the Model Context Protocol: what clients send, as its specification has it, and what they get. */
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadBundle } from '#prover/bundle/load.js'
import { trustModel, verifyAnswer } from '#service/client/trusted-model.js'
import type { Scope } from '#service/tenants/tenant.js'
import { type PaymentStage, payee, payment, paymentStage } from '../payments/payment-stage.js'
import { digitsBundle, digitsInput, pairBundle } from '../support/bundles.js'
import { expectProblem, post, testServer } from '../support/test-server.js'

const inputs = { a: [0, 0.5, 1], b: [1, 1, 0] }
let server: FastifyInstance
beforeAll(async () => {
  server = await testServer([await pairBundle(), await digitsBundle()], {
    mcp: true,
    publicUrl: 'https://service.example/',
    corsOrigin: 'https://app.example',
  })
})
afterAll(() => server?.close())

const message = (method: string, params?: object) => ({
  jsonrpc: '2.0',
  id: 7,
  method,
  ...(params && { params }),
})

async function rpc(method: string, params?: object, on = server, headers = {}) {
  const reply = await post(on, '/mcp', message(method, params), headers)
  expect(reply.statusCode).toBe(200)
  expect(reply.headers['content-type']).toMatch(/^application\/json/)
  expect(reply.json()).toMatchObject({ jsonrpc: '2.0', id: 7 })
  return reply.json()
}

interface Calling {
  readonly on?: FastifyInstance
  readonly headers?: Readonly<Record<string, string>>
  readonly _meta?: object
}

const call = async (name: string, given: object, { on = server, headers = {}, ...more }: Calling = {}) =>
  (await rpc('tools/call', { name, arguments: given, ...more }, on, headers)).result

describe('the protocol', () => {
  test('greets, and speaks the version that it is asked for, or offers its own', async () => {
    const asked = (protocolVersion: string) =>
      rpc('initialize', { protocolVersion, capabilities: {}, clientInfo: { name: 'test', version: '1' } })
    expect((await asked('2025-06-18')).result).toMatchObject({
      ...{ protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'zkserve' } },
    })
    expect((await asked('2024-11-05')).result.protocolVersion).toBe('2025-11-25')
    const ready = { jsonrpc: '2.0', method: 'notifications/initialized' }
    const noted = await post(server, '/mcp', ready, { 'mcp-protocol-version': '2025-06-18' })
    expect([noted.statusCode, noted.body]).toEqual([202, ''])
    expect((await post(server, '/mcp', { jsonrpc: '2.0', id: 1, result: {} })).statusCode).toBe(202)
    expect((await rpc('ping')).result).toEqual({})
  })

  test('refuses what is no message, and methods, tools and versions that are none', async () => {
    const wrong = [[], [message('ping')], 'text', null, {}, { ...message('ping'), jsonrpc: '1.0' }]
    for (const body of [...wrong, { ...message('ping'), id: {} }, { ...message('ping'), params: [1] }]) {
      const reply = await post(server, '/mcp', JSON.stringify(body))
      expect(reply.statusCode).toBe(400)
      expect(reply.json()).toMatchObject({ jsonrpc: '2.0', id: null, error: { code: -32600 } })
    }
    expect((await rpc('resources/list')).error.code).toBe(-32601)
    for (const name of ['nobody', '__proto__', undefined, 7]) {
      expect((await rpc('tools/call', { name })).error.code).toBe(-32602)
    }
    const newer = await post(server, '/mcp', message('ping'), { 'mcp-protocol-version': '2026-07-28' })
    expectProblem(newer, 'INVALID_REQUEST')
  })

  test('has neither streams nor sessions', async () => {
    for (const method of ['GET', 'DELETE'] as const) {
      const reply = await server.inject({ method, url: '/mcp' })
      expect([reply.statusCode, reply.headers.allow]).toEqual([405, 'POST'])
    }
  })

  test('is not spoken with pages that the settings do not name', async () => {
    const from = (origin: string) => post(server, '/mcp', message('ping'), { origin })
    for (const origin of ['https://evil.example', 'null', 'http://localhost:80']) {
      expectProblem(await from(origin), 'FORBIDDEN')
    }
    for (const origin of ['https://app.example', 'https://service.example']) {
      expect((await from(origin)).statusCode).toBe(200)
    }
  })

  test('is not spoken where nobody asked for it', async () => {
    const plain = await testServer([await pairBundle()])
    expectProblem(await post(plain, '/mcp', message('ping')), 'ROUTE_NOT_FOUND')
    await plain.close()
  })
})

describe('a tool', () => {
  test('is each model, and says what it takes', async () => {
    const { tools } = (await rpc('tools/list')).result
    expect(tools.map(({ name }: { name: string }) => name)).toEqual(['pair', 'digits'])
    expect(tools[0]).toMatchObject({
      description: expect.stringMatching(/pair.*Groth16.*y /),
      inputSchema: {
        type: 'object',
        additionalProperties: false,
        required: ['input'],
        properties: { input: { type: 'object', required: ['a', 'b'] }, requester: {}, nonce: {} },
      },
    })
    expect(tools[1].inputSchema.properties.input).toMatchObject({ type: 'array' })
  })

  test('answers with a proof, the same as POST /infer does', async () => {
    const terms = { requester: `0x${'12'.repeat(20)}`, nonce: '7' }
    const result = await call('pair', { input: inputs, ...terms })
    expect(result.isError).toBe(false)
    expect(JSON.parse(result.content[0].text)).toEqual(result.structuredContent)
    const proven = (await post(server, '/infer', { model: 'pair', inputs, wait: true, ...terms })).json()
    expect(Object.keys(result.structuredContent).sort()).toEqual(Object.keys(proven).sort())
    expect(result.structuredContent.integers).toEqual(proven.integers)
    const { manifest, verificationKey } = await loadBundle(await pairBundle())
    const trusted = trustModel(manifest.vkHash, manifest, verificationKey)
    const expected = { input: inputs, ...terms }
    expect(await verifyAnswer(trusted, result.structuredContent, expected)).toMatchObject({ valid: true })
    const answer = await call('digits', { input: digitsInput(), proof: false })
    expect(answer.structuredContent).toMatchObject({ label: expect.any(Number) })
    expect(answer.structuredContent.proof).toBeUndefined()
  })

  test('whose proof takes long tells the job', async () => {
    const result = await call('pair', { input: inputs }, { headers: { prefer: 'respond-async' } })
    const { job } = result.structuredContent
    expect(job.url).toBe(`/jobs/${job.id}`)
    expect((await server.inject(job.url)).json().id).toBe(job.id)
  })

  test('says what is wrong with its arguments, so that they can be mended', async () => {
    const wrong = [
      [{ input: { a: [1], b: [0, 0, 0] } }, 'INVALID_INPUT'],
      [{ input: [1, 2, 3] }, 'INVALID_INPUT'],
      [{}, 'INVALID_REQUEST'],
      [{ input: inputs, wait: true }, 'INVALID_REQUEST'],
      [{ input: inputs, nonce: 'x' }, 'INVALID_INPUT'],
      ['text', 'INVALID_REQUEST'],
    ] as const
    for (const [given, code] of wrong) {
      const result = await call('pair', given as object)
      expect(result).toMatchObject({ isError: true, structuredContent: { code } })
      expect(JSON.parse(result.content[0].text)).toEqual(result.structuredContent)
    }
  })
})

describe('the rules of POST /infer hold', () => {
  test('keys are asked for, and what they may do', async () => {
    const keyed = await testServer([await pairBundle()], { mcp: true, auth: 'keys' })
    await keyed.admin('tenant.add', { id: 'acme', limits: {} })
    const bearer = async (scopes: Scope[]) => {
      const { key } = await keyed.admin('key.add', { tenant: 'acme', label: '', lifetime: null, scopes })
      return { authorization: `Bearer ${key}` }
    }
    expectProblem(await post(keyed, '/mcp', message('tools/list')), 'UNAUTHENTICATED')
    expectProblem(await post(keyed, '/mcp', message('tools/list'), await bearer(['read'])), 'FORBIDDEN')
    const headers = await bearer(['infer'])
    expect((await rpc('tools/list', {}, keyed, headers)).result.tools).toHaveLength(1)
    const result = await call('pair', { input: inputs }, { on: keyed, headers })
    expect(result.structuredContent).toMatchObject({ proof: { protocol: 'groth16' } })
    const usage = await keyed.inject({ url: '/usage', headers: await bearer(['read']) })
    expect(usage.body).toMatch(/[1-9]/)
    await keyed.close()
  })

  describe('where proofs are paid for', () => {
    let stage: PaymentStage
    let paid: FastifyInstance
    beforeAll(async () => {
      stage = await paymentStage()
      const grants = { accessGrants: stage.token, accessRpc: stage.rpcUrl }
      const access = { access: [`digits=${stage.token}:1:1`], ...grants }
      paid = await testServer([await pairBundle(), await digitsBundle()], {
        ...{ ...stage.settings, ...access, mcp: true, paymentPrices: ['digits=0:0'] },
      })
    })
    afterAll(async () => {
      await paid?.close()
      await stage?.close()
    })

    test('the price is told, a payment taken once, its settlement told; by the transport of x402', async () => {
      const asked = await call('pair', { input: inputs }, { on: paid })
      expect(asked).toMatchObject({ isError: true, structuredContent: { x402Version: 2, accepts: [{}] } })
      const { code, data } = JSON.parse(asked.content[0].text)['x402/error']
      expect([code, data]).toEqual([402, asked.structuredContent])

      const signed = await payment(stage.payer, asked.structuredContent.accepts[0])
      const _meta = { 'x402/payment': JSON.parse(Buffer.from(signed, 'base64').toString()) }
      const before = await stage.balanceOf(payee)
      const result = await call('pair', { input: inputs }, { on: paid, _meta })
      expect(result.structuredContent).toMatchObject({ proof: { protocol: 'groth16' } })
      expect(result._meta['x402/payment-response']).toMatchObject({ success: true, network: 'eip155:31337' })
      expect(await stage.balanceOf(payee)).toBe(before + 100n)

      const again = await call('pair', { input: inputs }, { on: paid, _meta })
      expect(again).toMatchObject({ isError: true, structuredContent: { accepts: [{}] } })
      const free = await call('pair', { input: inputs, proof: false }, { on: paid })
      expect(free).toMatchObject({ isError: true, structuredContent: { code: 'INVALID_REQUEST' } })
      const noise = { 'x402/payment': { x402Version: 2 } }
      const malformed = await call('pair', { input: inputs }, { on: paid, _meta: noise })
      expect(malformed).toMatchObject({ isError: true, structuredContent: { code: 'PAYMENT_MALFORMED' } })
      expect(await stage.balanceOf(payee)).toBe(before + 100n)
    })

    test('that cannot be settled is told with the reason', async () => {
      const asked = await call('pair', { input: inputs }, { on: paid })
      const signed = await payment(stage.payer, asked.structuredContent.accepts[0])
      const _meta = { 'x402/payment': JSON.parse(Buffer.from(signed, 'base64').toString()) }
      stage.between.settle = async (settle) => {
        await stage.move(await stage.balanceOf(stage.payer.address), payee)
        stage.between.settle = (each) => each()
        return settle()
      }
      const result = await call('pair', { input: inputs }, { on: paid, _meta })
      expect(result).toMatchObject({ isError: true, structuredContent: { code: 'PAYMENT_FAILED' } })
      expect(result._meta['x402/payment-response']).toMatchObject({ success: false })
      expect(JSON.stringify(result)).not.toContain('publicSignals')
    })

    test('and where grants are, a signed request', async () => {
      const result = await call('digits', { input: digitsInput() }, { on: paid })
      expect(result).toMatchObject({
        ...{ isError: true, structuredContent: { code: 'ACCESS_SIGNATURE_REQUIRED' } },
      })
    })
  })
})
