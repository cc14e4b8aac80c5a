/** What ends without payment: jobs that fail, and payments that cannot be settled. Nobody is charged for either. */
import type { FastifyInstance } from 'fastify'
import { encodeFunctionData, type Hex, parseSignature } from 'viem'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { paymentTokenAbi } from '#contracts/generated/PaymentToken.js'
import { sendTransaction } from '#service/chain/send-transaction.js'
import { authorizationData } from '#service/payments/authorization-data.js'
import { decodeHeader } from '#service/payments/x402-headers.js'
import { pairBundle } from '../support/bundles.js'
import { testServer } from '../support/test-server.js'
import { ended, freshNonce, type PaymentStage, pay, payee, paymentStage, supply } from './payment-stage.js'

const input = { a: [0, 0.5, 1], b: [1, 1, 0] }
const friend = '0x00000000000000000000000000000000000000aa'
let stage: PaymentStage
let bundle: string
let server: FastifyInstance

beforeAll(async () => {
  stage = await paymentStage()
  bundle = await pairBundle()
  server = await testServer([bundle], stage.settings)
})
beforeEach(() => {
  stage.between.settle = (settle) => settle()
  stage.between.settled = 0
})
afterAll(async () => {
  await server?.close()
  await stage?.close()
})

/** Whoever has a proof made before something happens to the payment holds the facilitator up until then. */
function meanwhile(work: () => Promise<unknown>): void {
  let done: Promise<unknown> | undefined
  stage.between.settle = async (settle) => {
    done ??= work()
    await done
    return settle()
  }
}

test('a job that fails is not charged', async () => {
  const slow = await testServer([bundle], { ...stage.settings, proofTimeout: 1 })
  const before = await stage.balanceOf(payee)
  const { id } = (await pay(slow, stage, '/infer', { input })).json().job
  expect((await ended(slow, id)).json()).toMatchObject({ state: 'failed', error: { code: 'TIMEOUT' } })
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect(await stage.balanceOf(payee)).toBe(before)
  expect(stage.between.settled).toBe(0)
  await slow.close()
})

test('nor is one that is cancelled, or whose time passes', async () => {
  const before = await stage.balanceOf(payee)
  const cancelled = (await pay(server, stage, '/infer', { batch: Array(8).fill(input) })).json().batch
  const late = (await pay(server, stage, '/infer', { input, deadline: 1 })).json().job.id
  const { id } = cancelled[7].job
  await server.inject({ method: 'DELETE', url: `/jobs/${id}` })
  expect((await ended(server, id)).json().state).toBe('cancelled')
  expect((await ended(server, late)).json().state).toBe('expired')
  // The others of the batch were paid for by the same payment: none is charged, and none is shown.
  for (const { job } of cancelled.slice(0, 7)) {
    const end = (await ended(server, job.id)).json()
    expect(end).toMatchObject({ state: 'failed', result: null, error: { code: 'PAYMENT_RELEASED' } })
  }
  expect(await stage.balanceOf(payee)).toBe(before)
  expect(stage.between.settled).toBe(0)
})

test('who is exempt pays nothing, and gets answers as of old', async () => {
  const free = await testServer([bundle], { ...stage.settings, paymentExempt: ['default'] })
  const reply = await free.inject({ method: 'POST', url: '/infer', payload: { input, wait: true } })
  expect(reply.json()).toMatchObject({ proof: {} })
  expect(reply.headers['payment-response']).toBeUndefined()
  const answer = await free.inject({ method: 'POST', url: '/infer', payload: { input, proof: false } })
  expect(answer.json().label).toBe(reply.json().label)
  await free.close()
})

test('an authorisation that is cancelled before it is settled pays for nothing', async () => {
  const nonce = freshNonce()
  meanwhile(() => submit('cancelAuthorization', [stage.payer.address, nonce], cancellation(nonce)))
  const before = await stage.balanceOf(payee)
  const { id } = (await pay(server, stage, '/infer', { input }, { authorization: { nonce } })).json().job
  expect((await ended(server, id)).json()).toMatchObject({
    ...{ state: 'failed', result: null, error: { code: 'PAYMENT_FAILED' } },
  })
  expect(await stage.balanceOf(payee)).toBe(before)
})

test('nor does one whose nonce was used to pay somebody else, be it beside a payment of the same sum', async () => {
  const nonce = freshNonce()
  const before = await stage.balanceOf(payee)
  meanwhile(async () => {
    await stage.move(100n, payee)
    await transferBy(nonce, { to: friend, value: '100' })
  })
  const { id } = (await pay(server, stage, '/infer', { input }, { authorization: { nonce } })).json().job
  expect((await ended(server, id)).json()).toMatchObject({
    ...{ state: 'failed', error: { code: 'PAYMENT_FAILED', details: { reason: 'authorization_used' } } },
  })
  expect(await stage.balanceOf(payee)).toBe(before + 100n)
})

test('whoever submits a payment before the facilitator does has paid', async () => {
  const nonce = freshNonce()
  const before = await stage.balanceOf(payee)
  const validity = { validAfter: '0', validBefore: String(Math.floor(Date.now() / 1000) + 600) }
  meanwhile(() => transferBy(nonce, { to: payee, value: '100', ...validity }))
  const forging = { authorization: { nonce, ...validity } }
  const { id } = (await pay(server, stage, '/infer', { input }, forging)).json().job
  const end = await ended(server, id)
  expect(end.json().state).toBe('succeeded')
  expect(decodeHeader(String(end.headers['payment-response']))).toMatchObject({ success: true })
  expect(await stage.balanceOf(payee)).toBe(before + 100n)
})

test('a settlement whose answer is lost is found on the chain, and not repeated', async () => {
  const before = await stage.balanceOf(payee)
  stage.between.settle = async (settle) => {
    await settle()
    throw new Error('lost')
  }
  const { id } = (await pay(server, stage, '/infer', { input })).json().job
  expect((await ended(server, id)).json().state).toBe('succeeded')
  expect(stage.between.settled).toBe(1)
  expect(await stage.balanceOf(payee)).toBe(before + 100n)
})

test('a facilitator that is down when the proof is made is asked again', async () => {
  const before = await stage.balanceOf(payee)
  let failures = 0
  stage.between.settle = (settle) => (failures++ < 2 ? Promise.reject(new Error('down')) : settle())
  const { id } = (await pay(server, stage, '/infer', { input })).json().job
  expect((await ended(server, id)).json().state).toBe('succeeded')
  expect(await stage.balanceOf(payee)).toBe(before + 100n)
})

test('a facilitator is not believed that says what the chain does not', async () => {
  const before = await stage.balanceOf(payee)
  let lies = 0
  stage.between.settle = async (settle) => {
    const transaction = `0x${'ab'.repeat(32)}`
    return lies++ < 2 ? { success: true, transaction, network: 'eip155:31337' } : settle()
  }
  const { id } = (await pay(server, stage, '/infer', { input })).json().job
  expect((await ended(server, id)).json().state).toBe('succeeded')
  expect(lies).toBe(3)
  expect(await stage.balanceOf(payee)).toBe(before + 100n)
})

test('the same money does not order several proofs at once', async () => {
  const price = (supply * 6n) / 10n
  const dear = await testServer([bundle], { ...stage.settings, paymentPrice: String(price) })
  const before = await stage.balanceOf(payee)
  const replies = await Promise.all([1, 2, 3].map(() => pay(dear, stage, '/infer', { input })))
  const taken = replies.filter(({ statusCode }) => statusCode === 202)
  const refused = replies.filter(({ statusCode }) => statusCode === 402)
  expect([taken.length, refused.length]).toEqual([1, 2])
  for (const reply of refused) {
    expect(reply.json()).toMatchObject({ code: 'PAYMENT_INVALID', details: { reason: 'insufficient_funds' } })
  }
  expect((await dear.inject('/jobs')).json().jobs).toHaveLength(1)
  expect((await ended(dear, taken[0]!.json().job.id)).json().state).toBe('succeeded')
  expect(await stage.balanceOf(payee)).toBe(before + price)
  await dear.close()
})

test('funds that move before the payment is settled leave the proof unshown', async () => {
  meanwhile(async () => stage.move(await stage.balanceOf(stage.payer.address), friend))
  const reply = await pay(server, stage, '/infer', { input, wait: true })
  expect(reply.statusCode).toBe(402)
  expect(reply.json()).toMatchObject({ code: 'PAYMENT_FAILED', details: { reason: 'insufficient_funds' } })
  expect(decodeHeader(String(reply.headers['payment-response']))).toMatchObject({
    ...{ success: false, errorReason: 'insufficient_funds', transaction: '' },
  })
  const { jobs } = (await server.inject('/jobs')).json()
  const job = (await server.inject(`/jobs/${jobs[0].id}`)).json()
  expect(job).toMatchObject({ state: 'failed', result: null, error: { code: 'PAYMENT_FAILED' } })
})

/** Calls the token in the payer's name, with a signature of the payer's. */
async function submit(
  functionName: 'transferWithAuthorization' | 'cancelAuthorization',
  args: readonly unknown[],
  signature: Promise<Hex>,
): Promise<void> {
  const { r, s, yParity } = parseSignature(await signature)
  const call = { abi: paymentTokenAbi, functionName, args: [...args, 27 + yParity, r, s] }
  await sendTransaction(stage.payerChain, { to: stage.token, data: encodeFunctionData(call as never) })
}

function transferBy(
  nonce: Hex,
  { to, value, ...validity }: { to: string; value: string; validAfter?: string; validBefore?: string },
): Promise<void> {
  const { validAfter = '0', validBefore = '99999999999' } = validity
  const from = stage.payer.address
  const data = authorizationData(domainOf(), { from, to, value, validAfter, validBefore, nonce })
  const { message } = data
  const args = [from, to, message.value, message.validAfter, message.validBefore, nonce]
  return submit('transferWithAuthorization', args, stage.payer.signTypedData(data))
}

function cancellation(nonce: Hex): Promise<Hex> {
  const { domain } = authorizationData(domainOf(), {
    ...{ from: payee, to: payee, value: '0', validAfter: '0', validBefore: '0', nonce },
  })
  const types = {
    CancelAuthorization: [
      { name: 'authorizer', type: 'address' },
      { name: 'nonce', type: 'bytes32' },
    ],
  } as const
  const message = { authorizer: stage.payer.address, nonce }
  return stage.payer.signTypedData({ domain, types, primaryType: 'CancelAuthorization', message })
}

function domainOf() {
  return { network: 'eip155:31337', asset: stage.token, extra: { name: 'Test Dollar', version: '1' } }
}
