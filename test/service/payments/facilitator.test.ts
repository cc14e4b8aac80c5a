/** The facilitator by itself: what it takes, what it submits, and how often. */
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFacilitator } from '#service/payments/facilitator/facilitator-app.js'
import type { PaymentPayload, PaymentRequirements } from '#service/payments/x402.js'
import { decodeHeader } from '#service/payments/x402-headers.js'
import { finish, startCommand } from '../support/command-line.js'
import { type Forging, type PaymentStage, payee, payment, paymentStage } from './payment-stage.js'

let stage: PaymentStage
let server: FastifyInstance
let requirements: PaymentRequirements

beforeAll(async () => {
  stage = await paymentStage()
  server = createFacilitator(stage.facilitator, 'silent')
  requirements = {
    ...{ scheme: 'exact', network: 'eip155:31337', amount: '5', asset: stage.token, payTo: payee },
    ...{ maxTimeoutSeconds: 60, extra: { name: 'Test Dollar', version: '1' } },
  }
})
afterAll(async () => {
  await server?.close()
  await stage?.close()
})

async function body(forging: Forging = {}, required = requirements) {
  const paymentPayload = decodeHeader(await payment(stage.payer, required, forging)) as PaymentPayload
  return { x402Version: 2, paymentPayload, paymentRequirements: required }
}

const ask = async (route: string, payload: object) =>
  (await server.inject({ method: 'POST', url: route, payload })).json()

test('tells what it supports', async () => {
  expect((await server.inject('/supported')).json()).toEqual({
    kinds: [{ x402Version: 2, scheme: 'exact', network: 'eip155:31337' }],
    extensions: [],
    signers: { 'eip155:31337': [stage.chain.account.address] },
  })
})

test('judges without submitting, then submits once, however often it is asked', async () => {
  const before = await stage.balanceOf(payee)
  const given = await body()
  expect(await ask('/verify', given)).toEqual({ isValid: true, payer: stage.payer.address })
  expect(await stage.balanceOf(payee)).toBe(before)
  const answers = await Promise.all([ask('/settle', given), ask('/settle', given), ask('/settle', given)])
  expect(new Set(answers.map(({ transaction }) => transaction)).size).toBe(1)
  expect(answers[0]).toMatchObject({ success: true, network: 'eip155:31337', payer: stage.payer.address })
  expect(await ask('/settle', given)).toMatchObject({ success: false, errorReason: 'authorization_used' })
  expect(await stage.balanceOf(payee)).toBe(before + 5n)
})

test('a forged payment with the same nonce does not answer for it', async () => {
  const before = await stage.balanceOf(payee)
  const given = await body()
  const forged = structuredClone(given)
  forged.paymentPayload.payload.signature = `0x${'11'.repeat(65)}`
  const answers = await Promise.all([ask('/settle', forged), ask('/settle', given), ask('/settle', forged)])
  const reason = 'invalid_exact_evm_payload_signature'
  expect(answers).toMatchObject([
    { success: false, errorReason: reason },
    { success: true },
    { success: false, errorReason: reason },
  ])
  expect(await stage.balanceOf(payee)).toBe(before + 5n)
})

test('submits many at once, each with the account nonce that is its own', async () => {
  const before = await stage.balanceOf(payee)
  const given = await Promise.all(Array.from({ length: 12 }, () => body()))
  const answers = await Promise.all(given.map((each) => ask('/settle', each)))
  expect(answers.filter(({ success }) => success)).toHaveLength(12)
  expect(new Set(answers.map(({ transaction }) => transaction)).size).toBe(12)
  expect(await stage.balanceOf(payee)).toBe(before + 60n)
})

const stranger = '0x00000000000000000000000000000000000000ff'

test.each([
  ['tokens that it was not told of', { asset: stranger }, 'invalid_asset'],
  ['payees that it was not told of', { payTo: stranger }, 'invalid_payment_requirements'],
  ['other chains', { network: 'eip155:1' }, 'invalid_network'],
])('spends no gas for %s', async (_, changed, reason) => {
  const given = await body({}, { ...requirements, ...changed })
  expect(await ask('/verify', given)).toMatchObject({ isValid: false, invalidReason: reason })
  expect(await ask('/settle', given)).toMatchObject({ success: false, errorReason: reason, transaction: '' })
})

test('judges by what the payer signed, not by what is said of it', async () => {
  const forged = await body({ after: { value: '5', to: payee }, authorization: { value: '1' } })
  expect(await ask('/verify', forged)).toMatchObject({
    invalidReason: 'invalid_exact_evm_payload_signature',
  })
  const cheap = await body({}, { ...requirements, amount: '1' })
  expect(await ask('/verify', { ...cheap, paymentRequirements: requirements })).toMatchObject({
    invalidReason: 'invalid_exact_evm_payload_authorization_value',
  })
})

test('refuses what is no payment', async () => {
  for (const payload of [{}, { paymentPayload: {} }, { ...(await body()), paymentRequirements: {} }]) {
    const reply = await server.inject({ method: 'POST', url: '/settle', payload })
    expect(reply.statusCode).toBe(400)
    expect(reply.json().code).toBe('INVALID_REQUEST')
  }
})

test('is a command, whose key comes from the environment alone', async () => {
  const flags = ['--rpc', stage.rpcUrl, '--asset', stage.token, '--pay-to', payee, '--port', '0', '--json']
  const refused = await finish(startCommand(['facilitator', ...flags]))
  expect(refused.code).toBe(2)
  expect(JSON.parse(refused.stdout).error.code).toBe('USAGE')
  const child = startCommand(['facilitator', ...flags], { ZKSERVE_FACILITATOR_KEY: `0x${'12'.repeat(32)}` })
  const ended = finish(child)
  const said = await new Promise<string>((resolve) => {
    child.stdout!.once('data', (chunk: Buffer) => resolve(chunk.toString()))
  })
  const { url, signer }: { url: string; signer: string } = JSON.parse(said)
  const supported = (await (await fetch(`${url}/supported`)).json()) as { signers: object }
  expect(Object.values(supported.signers)).toEqual([[signer]])
  child.kill('SIGTERM')
  expect((await ended).code).toBe(0)
})
