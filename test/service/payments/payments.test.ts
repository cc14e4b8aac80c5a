import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { decodeHeader } from '#service/payments/x402-headers.js'
import { pairBundle } from '../support/bundles.js'
import { expectProblem, post, testServer } from '../support/test-server.js'
import {
  ended,
  freshNonce,
  type PaymentStage,
  pay,
  payee,
  payment,
  paymentStage,
  requiredBy,
} from './payment-stage.js'

const input = { a: [0, 0.5, 1], b: [1, 1, 0] }
let stage: PaymentStage
let server: FastifyInstance
let before: { payee: bigint }

beforeAll(async () => {
  stage = await paymentStage()
  server = await testServer([await pairBundle()], stage.settings)
})
afterAll(async () => {
  await server?.close()
  await stage?.close()
})
beforeEach(async () => {
  stage.between.settle = (settle) => settle()
  stage.between.down = false
  before = { payee: await stage.balanceOf(payee) }
})

const earned = async (): Promise<bigint> => (await stage.balanceOf(payee)) - before.payee
const jobs = async (): Promise<number> => (await server.inject('/jobs')).json().jobs.length

describe('a service that is paid', () => {
  test('says what it costs, in the header and in the body, and takes nothing on', async () => {
    const count = await jobs()
    const reply = await post(server, '/infer', { input })
    const problem = expectProblem(reply, 'PAYMENT_REQUIRED')
    const required = requiredBy(reply)
    expect(required).toEqual({
      x402Version: 2,
      error: problem.error,
      resource: {
        url: 'http://localhost:80/infer',
        description: 'A proven answer of the model pair',
        mimeType: 'application/json',
      },
      accepts: [
        {
          scheme: 'exact',
          network: 'eip155:31337',
          amount: '100',
          asset: stage.token,
          payTo: payee,
          maxTimeoutSeconds: 600,
          extra: { name: 'Test Dollar', version: '1' },
        },
      ],
    })
    expect(problem).toMatchObject({ x402Version: 2, accepts: required.accepts, resource: required.resource })
    expect(await jobs()).toBe(count)
  })

  test('answers with a proof once it is paid, and tells the transaction', async () => {
    const reply = await pay(server, stage, '/infer', { input, wait: true })
    expect(reply.statusCode).toBe(200)
    expect(reply.json()).toMatchObject({ label: expect.any(Number), proof: { protocol: 'groth16' } })
    const settled = decodeHeader(String(reply.headers['payment-response']))
    expect(settled).toMatchObject({ success: true, network: 'eip155:31337' })
    expect(await earned()).toBe(100n)
    const { transaction } = settled as { transaction: `0x${string}` }
    expect((await stage.chain.client.getTransactionReceipt({ hash: transaction })).status).toBe('success')
  })

  test('withholds the answer until the proof is made and paid', async () => {
    let release = (): void => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    stage.between.settle = async (settle) => {
      await gate
      return settle()
    }
    const reply = await pay(server, stage, '/infer', { input })
    expect(reply.statusCode).toBe(202)
    expect(Object.keys(reply.json())).toEqual(['model', 'job'])
    const { id } = reply.json().job
    const running = await untilSettling(id)
    expect(running).toMatchObject({ state: 'running', result: null })
    // It is too late to cancel: the payment may be under way.
    expect((await server.inject({ method: 'DELETE', url: `/jobs/${id}` })).json().state).toBe('running')
    expect(await earned()).toBe(0n)
    release()
    const end = await ended(server, id)
    expect(end.json()).toMatchObject({ state: 'succeeded', result: { proof: {} } })
    expect(decodeHeader(String(end.headers['payment-response']))).toMatchObject({ success: true })
    expect(await earned()).toBe(100n)
  })

  test('charges a repeated request once', async () => {
    const headers = { 'idempotency-key': 'once', prefer: 'respond-async' }
    const first = await pay(server, stage, '/infer', { input }, { headers })
    const { id } = first.json().job
    await ended(server, id)
    const again = await server.inject({ method: 'POST', url: '/infer', payload: { input }, headers })
    expect(again.statusCode).toBe(202)
    expect(again.headers['idempotency-replayed']).toBe('true')
    expect(again.json()).toEqual(first.json())
    expect(decodeHeader(String(again.headers['payment-response']))).toMatchObject({ success: true })
    expect(await earned()).toBe(100n)
  })

  test('takes one payment for a batch, by its rows', async () => {
    const first = await post(server, '/infer', { batch: [input, input, input] })
    expect(requiredBy(first).accepts[0]!.amount).toBe('300')
    const reply = await pay(server, stage, '/infer', { batch: [input, input, input] })
    expect(reply.statusCode).toBe(202)
    expect(Object.keys(reply.json().batch[0])).toEqual(['model', 'job'])
    for (const { job } of reply.json().batch)
      expect((await ended(server, job.id)).json().state).toBe('succeeded')
    expect(await earned()).toBe(300n)
  })

  test('takes payments by the Open Inference Protocol', async () => {
    const tensor = (name: string, data: number[]) => ({ name, shape: [1, 3], datatype: 'FP32', data })
    const body = { inputs: [tensor('a', input.a), tensor('b', input.b)] }
    expectProblem(await post(server, '/v2/models/pair/infer', body), 'PAYMENT_REQUIRED')
    const reply = await pay(server, stage, '/v2/models/pair/infer', body)
    expect(reply.json()).toMatchObject({ outputs: [], parameters: { proof_state: 'queued' } })
    const end = await ended(server, reply.json().parameters.proof_url.slice('/jobs/'.length))
    expect(end.json().state).toBe('succeeded')
    const waited = await pay(server, stage, '/v2/models/pair/infer', { ...body, parameters: { wait: true } })
    expect(waited.json().outputs.length).toBeGreaterThan(0)
    expect(await earned()).toBe(200n)
  })

  test('gives no answer away without proof', async () => {
    const problem = expectProblem(await post(server, '/infer', { input, proof: false }), 'INVALID_REQUEST')
    expect(problem.detail).toMatch(/paid for/)
  })

  test('asks for no money where the request is wrong', async () => {
    expectProblem(await post(server, '/infer', { input: [1] }), 'INVALID_INPUT')
    expectProblem(await post(server, '/infer', { input, model: 'none' }), 'MODEL_NOT_FOUND')
  })
})

const now = () => Math.floor(Date.now() / 1000)
const stranger = '0x00000000000000000000000000000000000000ff'

describe('a payment', () => {
  test.each([
    ['of too little', { accepted: { amount: '99' } }, 'invalid_exact_evm_payload_authorization_value'],
    ['of too much', { authorization: { value: '101' } }, 'invalid_exact_evm_payload_authorization_value'],
    ['in another token', { accepted: { asset: stranger } }, 'invalid_asset'],
    ['on another chain', { accepted: { network: 'eip155:1' } }, 'invalid_network'],
    ['to somebody else', { accepted: { payTo: stranger } }, 'invalid_exact_evm_payload_recipient_mismatch'],
    [
      'that pays somebody else',
      { authorization: { to: stranger } },
      'invalid_exact_evm_payload_recipient_mismatch',
    ],
    [
      'of another domain',
      { accepted: { extra: { name: 'Other', version: '1' } } },
      'invalid_payment_requirements',
    ],
    [
      'that has expired',
      { authorization: { validBefore: String(now() - 1) } },
      'invalid_exact_evm_payload_authorization_valid_before',
    ],
    [
      'that ends too soon',
      { authorization: { validBefore: String(now() + 5) } },
      'invalid_exact_evm_payload_authorization_valid_before',
    ],
    [
      'of later',
      { authorization: { validAfter: String(now() + 300) } },
      'invalid_exact_evm_payload_authorization_valid_after',
    ],
    ['that was changed', { after: { nonce: freshNonce() } }, 'invalid_exact_evm_payload_signature'],
    ["in another's name", { after: { from: stranger } }, 'invalid_exact_evm_payload_signature'],
    ['with no signature', { signature: `0x${'00'.repeat(65)}` }, 'invalid_exact_evm_payload_signature'],
  ] as const)('%s is refused, with the reason', async (_, forging, reason) => {
    const count = await jobs()
    const reply = await pay(server, stage, '/infer', { input }, forging)
    const problem = expectProblem(reply, 'PAYMENT_INVALID')
    expect(problem.details).toEqual({ reason })
    expect(requiredBy(reply).accepts).toHaveLength(1)
    expect(await jobs()).toBe(count)
    expect(await earned()).toBe(0n)
  })

  test('of nobody who has it is refused', async () => {
    const poor = { payer: (await import('viem/accounts')).privateKeyToAccount(`0x${'12'.repeat(32)}`) }
    const reply = await pay(server, poor, '/infer', { input })
    expect(expectProblem(reply, 'PAYMENT_INVALID').details).toEqual({ reason: 'insufficient_funds' })
  })

  test.each([['no base64 \u00e9'], ['e30='], [Buffer.from('[]').toString('base64')], ['A'.repeat(9000)]])(
    'that cannot be read is refused: %.20s',
    async (header) => {
      const headers = { 'payment-signature': header }
      const reply = await server.inject({ method: 'POST', url: '/infer', payload: { input }, headers })
      expectProblem(reply, 'PAYMENT_MALFORMED')
    },
  )

  test('answers one request, whichever comes first', async () => {
    const [requirements] = requiredBy(await post(server, '/infer', { input })).accepts
    const headers = { 'payment-signature': await payment(stage.payer, requirements!) }
    const send = () => post(server, '/infer', { input }, headers)
    const replies = await Promise.all([send(), send(), send()])
    const taken = replies.filter(({ statusCode }) => statusCode === 202)
    expect(taken).toHaveLength(1)
    for (const reply of replies) if (reply !== taken[0]) expectProblem(reply, 'PAYMENT_REPLAYED')
    await ended(server, taken[0]!.json().job.id)
    expectProblem(await send(), 'PAYMENT_REPLAYED')
    expect(await earned()).toBe(100n)
  })

  test('that the chain saw already is refused', async () => {
    const [requirements] = requiredBy(await post(server, '/infer', { input })).accepts
    const signed = await payment(stage.payer, requirements!)
    await stage.facilitator.settle({ payload: decodeHeader(signed) as never, requirements: requirements! })
    const reply = await post(server, '/infer', { input }, { 'payment-signature': signed })
    expect(expectProblem(reply, 'PAYMENT_INVALID').details).toEqual({ reason: 'authorization_used' })
  })

  test('is not taken while the facilitator is down, and may come again', async () => {
    const [requirements] = requiredBy(await post(server, '/infer', { input })).accepts
    const headers = { 'payment-signature': await payment(stage.payer, requirements!) }
    stage.between.down = true
    const refused = await post(server, '/infer', { input }, headers)
    expectProblem(refused, 'PAYMENTS_UNAVAILABLE')
    expect(refused.headers['retry-after']).toBeDefined()
    stage.between.down = false
    const reply = await post(server, '/infer', { input }, headers)
    expect(reply.statusCode).toBe(202)
    expect((await ended(server, reply.json().job.id)).json().state).toBe('succeeded')
    expect(await earned()).toBe(100n)
  })
})

/** The job, once its proof is made. */
async function untilSettling(id: string): Promise<Record<string, unknown>> {
  for (;;) {
    const job = (await server.inject(`/jobs/${id}`)).json()
    if (job.stage === 'settle' || job.state !== 'running') if (job.state !== 'queued') return job
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
