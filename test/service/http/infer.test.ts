import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contextOf } from '#prover/context.js'
import { digitsBundle, digitsInput, pairBundle } from '../support/bundles.js'
import { expectProblem, post, testServer } from '../support/test-server.js'

let server: FastifyInstance
const requester = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
const verifier = '0x00000000000000000000000000000000000000cd'

beforeAll(async () => {
  server = await testServer([await digitsBundle(), await pairBundle()], {
    registrations: ['digits=7:2'],
    verifier,
  })
})
afterAll(() => server?.close())

describe('an answer without proof', () => {
  test('comes at once with real and integer outputs by name', async () => {
    const response = await post(server, '/infer', { model: 'digits', input: digitsInput(), proof: false })
    expect(response.statusCode).toBe(200)
    const reply = response.json()
    expect(reply.outputs.logits).toHaveLength(10)
    expect(reply.integers.logits.every(Number.isInteger)).toBe(true)
    expect(reply.label).toBe(reply.outputs.logits.indexOf(Math.max(...reply.outputs.logits)))
    expect(reply.model).toMatchObject({
      name: 'digits',
      modelHash: expect.stringMatching(/^0x[0-9a-f]{64}$/),
    })
    expect(reply.proof).toBeUndefined()
  })

  test('is the same for flat and nested inputs', async () => {
    const flat = digitsInput(0.3)
    const nested = [[Array.from({ length: 8 }, (_, row) => flat.slice(row * 8, row * 8 + 8))]]
    const [first, second] = await Promise.all(
      [flat, nested].map((input) => post(server, '/infer', { model: 'digits', input, proof: false })),
    )
    expect(second!.json().integers).toEqual(first!.json().integers)
  })

  test('tells how many input elements were beyond the calibrated range', async () => {
    const reply = await post(server, '/infer', { model: 'digits', input: digitsInput(99), proof: false })
    expect(reply.json().saturated).toBe(32)
  })
})

describe('a proof that is waited for', () => {
  test('comes with calldata, commitment and salt, and verifies as it is', async () => {
    const body = { model: 'digits', input: digitsInput(), wait: true, requester, nonce: '0x2a', salt: '5' }
    const response = await post(server, '/infer', body)
    expect(response.statusCode).toBe(200)
    const reply = response.json()
    expect(reply).toMatchObject({
      salt: '5',
      backend: expect.stringMatching(/^(native|wasm|snarkjs)$/),
      inputCommitment: reply.publicSignals[0],
    })
    expect(reply.context).toMatchObject({ chainId: '31337', verifier, requester, nonce: '0x2a' })
    const value = contextOf({ chainId: 31337n, verifier, requester, nonce: 42n }).toString()
    expect(reply.context.value).toBe(value)
    expect(reply.publicSignals.at(-1)).toBe(value)
    expect(reply.calldata.inference).toMatchObject({
      requester: requester.toLowerCase(),
      nonce: `0x${'2a'.padStart(64, '0')}`,
    })
    expect(reply.calldata.inference.proof).toHaveLength(8)
    expect(reply.calldata.inference.statement).toHaveLength(reply.publicSignals.length - 1)
    const ids = '7'.padStart(64, '0') + '2'.padStart(64, '0')
    expect(reply.calldata.verify.slice(10)).toMatch(new RegExp(`^${ids}`))
    expect(reply.calldata.consume.slice(10)).toBe(reply.calldata.verify.slice(10))
    expect(reply.timings.prove).toBeGreaterThan(0)

    const verified = await post(server, '/verify', response.body)
    expect(verified.json()).toMatchObject({ valid: true, claim: { integers: reply.integers } })
    for (const change of [
      { publicSignals: [...reply.publicSignals.slice(0, -1), '1'] },
      { context: { ...reply.context, nonce: '0x2b' } },
      { model: 'pair' },
      { model: 'digits', publicSignals: reply.publicSignals.with(1, '7'), context: undefined },
    ]) {
      const forged = await post(server, '/verify', { ...reply, ...change })
      expect(forged.json()).toMatchObject({ valid: false, reason: expect.any(String) })
    }
    const aliased = BigInt(reply.publicSignals[1]) + (1n << 254n)
    const signals = reply.publicSignals.with(1, aliased.toString())
    expectProblem(await post(server, '/verify', { ...reply, publicSignals: signals }), 'INVALID_PROOF')
  })

  test('takes inputs by name, and hides nothing in public mode', async () => {
    const inputs = { a: [0.1, 0.9, 0.2], b: [[0.5, 0.5, 0.5]] }
    const response = await post(server, '/infer', { model: 'pair', inputs, wait: true, modelId: 3 })
    expect(response.statusCode).toBe(200)
    const reply = response.json()
    expect(reply).toMatchObject({ inputCommitment: null, salt: null, label: 1 })
    expect(reply.calldata.verify.slice(10)).toMatch(/^0{63}30{63}1/)
  })
})

describe('a proof as a job', () => {
  test('is answered at once, and polled until it is made', async () => {
    const response = await post(server, '/infer', { model: 'digits', input: digitsInput(0.7) })
    expect(response.statusCode).toBe(202)
    const { job, integers } = response.json()
    expect(job).toMatchObject({ state: 'queued', url: `/jobs/${job.id}` })
    expect(response.headers.location).toBe(job.url)
    expect(job.id).toMatch(/^[0-9a-f]{32}$/)
    for (;;) {
      const reply = (await server.inject({ url: job.url })).json()
      if (reply.state === 'succeeded') {
        expect(reply.result.integers).toEqual(integers)
        expect((await post(server, '/verify', reply.result)).json().valid).toBe(true)
        expect(Date.parse(reply.finishedAt)).toBeGreaterThanOrEqual(Date.parse(reply.startedAt))
        break
      }
      expect(['queued', 'running']).toContain(reply.state)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const unchanged = await server.inject({ method: 'DELETE', url: job.url })
    expect(unchanged.json().state).toBe('succeeded')
  })

  test('is cancelled by DELETE', async () => {
    const { job } = (await post(server, '/infer', { model: 'digits', input: digitsInput() })).json()
    const cancelled = await server.inject({ method: 'DELETE', url: job.url })
    expect(cancelled.json()).toMatchObject({ state: 'cancelled', result: null, error: null })
    expect((await server.inject({ url: job.url })).json().state).toBe('cancelled')
  })

  test('follows a wait that takes too long', async () => {
    const impatient = await testServer([await digitsBundle()], { waitTimeout: 1 })
    const response = await post(impatient, '/infer', { input: digitsInput(), wait: true })
    expect(response.statusCode).toBe(202)
    expect(response.json().job.url).toBe(response.headers.location)
    await impatient.close()
  })
})
