/** How clients pay: within what their callers allow, and once. */
import { execFile } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '#circuits/paths.js'
import { ZkserveClient } from '#service/client/client.js'
import type { PaymentOptions } from '#service/client/payment.js'
import { onPath } from '../../support/on-path.js'
import { pairBundle } from '../support/bundles.js'
import { testServer } from '../support/test-server.js'
import { type PaymentStage, payee, paymentStage } from './payment-stage.js'

const request = { model: 'pair', input: { a: [0, 0.5, 1], b: [1, 1, 0] } }
const stranger = `0x${'1'.repeat(40)}`
let stage: PaymentStage
let server: FastifyInstance
let url: string
let allowed: PaymentOptions

beforeAll(async () => {
  stage = await paymentStage()
  server = await testServer([await pairBundle()], stage.settings)
  await server.listen({ host: '127.0.0.1', port: 0 })
  url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`
  allowed = {
    account: stage.payer,
    maxAmount: 100n,
    asset: stage.token,
    network: 'eip155:31337',
    payTo: payee,
  }
})
afterAll(async () => {
  await server?.close()
  await stage?.close()
})

const earned = async (work: () => Promise<unknown>): Promise<bigint> => {
  const before = await stage.balanceOf(payee)
  await work()
  return (await stage.balanceOf(payee)) - before
}

test('the client pays what its caller allows', async () => {
  const client = new ZkserveClient({ url })
  const sum = await earned(async () => {
    const answer = await client.inferAndProve(request, { payment: allowed })
    expect((await client.verify(answer)).valid).toBe(true)
    const { job } = await client.submit(request, { payment: allowed })
    expect((await client.jobs.result(job.id)).label).toBe(answer.label)
  })
  expect(sum).toBe(200n)
})

test('a paid request that must be sent again is paid once', async () => {
  let lost = 0
  const fetch: typeof globalThis.fetch = async (...given) => {
    const reply = await globalThis.fetch(...given)
    const paid = new Headers(given[1]?.headers).has('payment-signature')
    if (!paid || lost++ > 0) return reply
    await reply.text()
    throw new TypeError('the connection broke')
  }
  const client = new ZkserveClient({ url, fetch })
  const sum = await earned(() => client.inferAndProve(request, { payment: allowed }))
  expect(lost).toBeGreaterThan(1)
  expect(sum).toBe(100n)
})

test.each([
  ['more', { maxAmount: 99n }],
  ['another token', { asset: stranger }],
  ['another chain', { network: 'eip155:1' }],
  ['another payee', { payTo: stranger }],
])('the client signs nothing where the service asks for %s', async (_, changed) => {
  const client = new ZkserveClient({ url })
  const signTypedData = (): never => {
    throw new Error('signed')
  }
  const account = { address: stage.payer.address, signTypedData }
  const payment = { ...allowed, account, ...changed }
  await expect(client.inferAndProve(request, { payment })).rejects.toMatchObject({
    code: 'PAYMENT_REFUSED',
    details: { accepts: [{ amount: '100' }] },
  })
})

test('without leave to pay, the client tells what it would cost', async () => {
  await expect(new ZkserveClient({ url }).submit(request)).rejects.toMatchObject({
    ...{ code: 'PAYMENT_REQUIRED', status: 402 },
    details: { accepts: [{ amount: '100', payTo: payee }] },
  })
})

test.skipIf(!onPath('python3'))('the Python client tells what it would cost', async () => {
  const folder = join(packageRoot, 'service', 'client', 'python')
  const statements = `
from zkserve import *
try:
    Zkserve("${url}").submit({"model": "pair", "input": {"a": [0, 0, 1], "b": [1, 1, 0]}})
except ZkserveError as error:
    print(error, error.hints[0], error.details["accepts"][0]["amount"], sep="|")`
  const said = await new Promise<string>((resolve, reject) => {
    execFile('python3', ['-B', '-c', statements], { cwd: folder }, (error, stdout) =>
      error ? reject(error) : resolve(stdout.trim()),
    )
  })
  expect(said).toMatch(
    /^PAYMENT_REQUIRED: this costs 100 of 0x\w{40} on eip155:31337\|This client signs no payments.*\|100$/,
  )
})
