/** A seller by HTTP, and the buyer that sends it an order. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { ZkserveError } from '#circuits/errors.js'
import { ordersName } from '#service/agents/registration-file.js'
import type { Delivery } from '#service/agents/seller.js'
import { createSellerApp } from '#service/agents/seller-app.js'
import { sendOrder } from '#service/agents/send-order.js'
import type { WorkOrder } from '#service/agents/work-order.js'
import { proofReplyExample } from '#service/http/schemas/examples.js'
import { expectProblem, post } from '../support/test-server.js'

const order = { jobId: 2n ** 100n, input: { a: [0.5, 1] }, salt: 7n }
const hash = (digit: string) => `0x${digit.repeat(64)}`
const delivery = {
  ...{ reply: proofReplyExample, submitted: { hash: hash('1') }, delivered: { hash: hash('2') } },
} as unknown as Delivery
const local = { allowHttp: true, patience: 5000 }

type Work = (order: WorkOrder) => Promise<Delivery>

async function sellerAt(work: Work) {
  const app = createSellerApp({ work }, { logLevel: 'silent' })
  await app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => app.close())
  const { port } = app.server.address() as AddressInfo
  return { app, found: agentWith(`http://127.0.0.1:${port}/orders`) }
}

const agentWith = (endpoint: string, name = ordersName) =>
  ({ file: { services: [{ name, endpoint }] } }) as unknown as Parameters<typeof sendOrder>[0]

const refusal = (text: RegExp) => ({ code: 'INVALID_AGENT', message: expect.stringMatching(text) })

test('an order reaches the seller as it was, and brings what was delivered', async () => {
  const got: WorkOrder[] = []
  const { found } = await sellerAt(async (each) => {
    got.push(each)
    return delivery
  })
  const sent = await sendOrder(found, order, local)
  expect(got).toEqual([order])
  expect(sent).toMatchObject({ submitted: hash('1'), delivered: hash('2') })
  expect(sent.reply).toEqual(proofReplyExample)
})

test('an order that comes again is answered as the first time; another of the same job is not', async () => {
  let count = 0
  const { found } = await sellerAt(async () => {
    if (count++ > 0) throw new ZkserveError('JOB_REFUSED', 'it is completed, not funded')
    return delivery
  })
  const [first, second] = await Promise.all([sendOrder(found, order, local), sendOrder(found, order, local)])
  expect(second).toEqual(first)
  expect(await sendOrder(found, order, local)).toEqual(first)
  expect(count).toBe(1)
  // Who does not know the input, or the salt, learns nothing.
  const curious = sendOrder(found, { ...order, salt: 8n }, local)
  await expect(curious).rejects.toMatchObject({ code: 'JOB_REFUSED', message: /not funded/ })
})

test('orders of one job that differ in words alone wait for each other: one proof is paid, one is made', async () => {
  let open = 0
  let most = 0
  const { found } = await sellerAt(async ({ jobId }) => {
    most = Math.max(most, ++open)
    await new Promise((resolve) => setTimeout(resolve, 20))
    open--
    if (jobId === order.jobId) return delivery
    throw new ZkserveError('JOB_REFUSED', 'it is completed, not funded')
  })
  const variants = [0.5, 0.50001, 0.50002].map((a) => ({ ...order, input: { a: [a, 1] } }))
  await Promise.all(variants.map((variant) => sendOrder(found, variant, local)))
  expect(most).toBe(1)
  const others = [1n, 2n].map((jobId) => sendOrder(found, { ...order, jobId }, local))
  await Promise.allSettled(others)
  expect(most).toBe(2)
})

test('what a seller refuses is told, and may be taken on later', async () => {
  let funded = false
  const { found } = await sellerAt(async () => {
    if (!funded) throw new ZkserveError('JOB_REFUSED', 'it is open, not funded')
    return delivery
  })
  await expect(sendOrder(found, order, local)).rejects.toMatchObject({ code: 'JOB_REFUSED' })
  funded = true
  expect(await sendOrder(found, order, local)).toMatchObject({ delivered: hash('2') })
})

test('what is no order is refused', async () => {
  const { app } = await sellerAt(async () => delivery)
  const wrong = [
    {},
    { jobId: '1', input: [] },
    { jobId: '-1', input: [], salt: '0' },
    { jobId: 1, input: [], salt: '0' },
  ]
  for (const body of [...wrong, { jobId: '1', input: [], salt: '0', price: '9' }]) {
    expectProblem(await post(app, '/orders', body), 'INVALID_REQUEST')
  }
})

test('a buyer sends nothing where the card names no endpoint, or one that is not https', async () => {
  await expect(sendOrder(agentWith('https://a.example', 'A2A'), order)).rejects.toMatchObject(
    refusal(/no orders/),
  )
  for (const endpoint of ['http://127.0.0.1:1/orders', 'file:///etc/passwd', 'nowhere']) {
    await expect(sendOrder(agentWith(endpoint), order)).rejects.toMatchObject(refusal(/not https/))
  }
})

test('a buyer takes nothing but a delivery: no other answer, and none without end', async () => {
  const replies: Record<string, readonly [number, string]> = {
    '/other': [200, '{"reply": "trust me"}'],
    '/text': [200, 'yes'],
    '/long': [200, ' '.repeat(5_000_000)],
    '/broken': [500, '{}'],
  }
  const server = createServer(({ url }, response) => {
    const [status, body] = replies[url!]!
    response.writeHead(status, { connection: 'close' }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  for (const path of Object.keys(replies)) {
    const found = agentWith(`http://127.0.0.1:${port}${path}`)
    await expect(sendOrder(found, order, local)).rejects.toMatchObject(refusal(/deliver/))
  }
})

test('a seller that never ends its answer, or refuses without end, is given up', async () => {
  const server = createServer(({ url }, response) => {
    response.writeHead(url === '/slow' ? 200 : 500)
    const more = setInterval(() => response.write(url === '/slow' ? ' ' : ' '.repeat(262_144)), 5)
    response.on('close', () => clearInterval(more))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  for (const path of ['/slow', '/flood']) {
    const found = agentWith(`http://127.0.0.1:${port}${path}`)
    const sent = sendOrder(found, order, { allowHttp: true, patience: 300 })
    await expect(sent).rejects.toMatchObject(refusal(/deliver/))
  }
})

test('a seller looks at so many orders at once, and tells others to come again', async () => {
  const ends: (() => void)[] = []
  const { app } = await sellerAt(async () => {
    await new Promise<void>((resolve) => ends.push(resolve))
    return delivery
  })
  const ask = (jobId: number) => post(app, '/orders', { jobId: String(jobId), input: [], salt: '0' })
  const taken = Array.from({ length: 100 }, (_, k) => ask(k))
  while (ends.length < 100) await new Promise((resolve) => setTimeout(resolve, 5))
  expectProblem(await ask(100), 'QUEUE_FULL')
  for (const end of ends) end()
  expect((await Promise.all(taken)).every(({ statusCode }) => statusCode === 200)).toBe(true)
})
