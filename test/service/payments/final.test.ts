/** Transfers that a reorganisation may take back, metrics, and the audit log. */
import type { FastifyInstance } from 'fastify'
import { createTestClient, http } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeHeader } from '#service/payments/x402-headers.js'
import { pairBundle } from '../support/bundles.js'
import { testServer } from '../support/test-server.js'
import { ended, type PaymentStage, pay, payee, paymentStage } from './payment-stage.js'

const input = { a: [0, 0.5, 1], b: [1, 1, 0] }
let stage: PaymentStage
let server: FastifyInstance
let control: ReturnType<typeof controlOf>
const controlOf = (rpcUrl: string) => createTestClient({ mode: 'anvil', transport: http(rpcUrl) })

beforeAll(async () => {
  stage = await paymentStage()
  control = controlOf(stage.rpcUrl)
  server = await testServer([await pairBundle()], { ...stage.settings, paymentConfirmations: 3 })
})
afterAll(async () => {
  await server?.close()
  await stage?.close()
})

const stateOf = async (id: string) => (await server.inject(`/jobs/${id}`)).json().state as string
const metric = async (series: string) => {
  const { body } = await server.inject('/metrics')
  const line = body.split('\n').find((each) => each.startsWith(`${series} `))
  return Number(line?.slice(series.length + 1))
}

/** Waits until the facilitator has been asked so often. */
async function untilSettled(times: number): Promise<void> {
  while (stage.between.settled < times) await new Promise((resolve) => setTimeout(resolve, 20))
  // The service looks at the chain, and waits for more of it.
  await new Promise((resolve) => setTimeout(resolve, 1200))
}

test('a proof is shown when enough blocks stand on its transfer; one that is taken back is made again, once', async () => {
  const before = await stage.balanceOf(payee)
  const snapshot = await control.snapshot()
  const { id } = (await pay(server, stage, '/infer', { input })).json().job
  await untilSettled(1)
  expect(await stage.balanceOf(payee)).toBe(before + 100n)
  expect(await stateOf(id)).toBe('running')
  expect(await metric('zkserve_payments_open')).toBe(1)

  // Another branch of the chain, without the transfer.
  await control.revert({ id: snapshot })
  await control.mine({ blocks: 2 })
  expect(await stage.balanceOf(payee)).toBe(before)
  await untilSettled(2)
  expect(await stage.balanceOf(payee)).toBe(before + 100n)
  expect(await stateOf(id)).toBe('running')

  await control.mine({ blocks: 2 })
  const end = await ended(server, id)
  expect(end.json()).toMatchObject({ state: 'succeeded', result: { proof: {} } })
  const told = decodeHeader(String(end.headers['payment-response'])) as { transaction: `0x${string}` }
  expect((await stage.chain.client.getTransactionReceipt({ hash: told.transaction })).status).toBe('success')
  expect(stage.between.settled).toBe(2)
  expect(await stage.balanceOf(payee)).toBe(before + 100n)
})

test('metrics tell of what came and how it ended', async () => {
  const settled = 'zkserve_payments_total{outcome="settled"}'
  expect(await metric(settled)).toBe(1)
  expect(await metric('zkserve_payments_total{outcome="verified"}')).toBe(1)
  expect(await metric('zkserve_payments_amount_total')).toBe(100)
  expect(await metric('zkserve_payments_open')).toBe(0)
  const refused = await pay(server, stage, '/infer', { input }, { authorization: { value: '99' } })
  expect(refused.statusCode).toBe(402)
  expect(await metric('zkserve_payments_total{outcome="PAYMENT_INVALID"}')).toBe(1)
  // Who was told the price has not been refused.
  expect(await metric('zkserve_payments_total{outcome="PAYMENT_REQUIRED"}')).toBeNaN()
  const { id } = (await pay(server, stage, '/infer', { input, deadline: 1 })).json().job
  expect((await ended(server, id)).json().state).toBe('expired')
  while ((await metric('zkserve_payments_total{outcome="released"}')) < 1) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  expect(await metric(settled)).toBe(1)
})
