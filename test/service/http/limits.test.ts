import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pairBundle } from '../support/bundles.js'
import { expectProblem, post, testServer } from '../support/test-server.js'

let bundle: string
const pair = { a: [0, 0.5, 1], b: [1, 1, 0] }

beforeAll(async () => {
  bundle = await pairBundle()
})

const idle = async (server: FastifyInstance) => {
  for (;;) {
    const { queue } = (await server.inject({ url: '/health/ready' })).json()
    if (queue.running + queue.queued === 0) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('overload', () => {
  test('is refused with the time to come again, and ends', async () => {
    const server = await testServer([bundle], { queueSize: 1 })
    const body = { input: pair }
    const answers = await Promise.all([1, 2, 3, 4].map(() => post(server, '/infer', body)))
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([202, 202, 503, 503])
    const refused = answers.find(({ statusCode }) => statusCode === 503)!
    expectProblem(refused, 'QUEUE_FULL')
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    // Answers without proof need no thread.
    expect((await post(server, '/infer', { ...body, proof: false })).statusCode).toBe(200)
    await idle(server)
    expect((await post(server, '/infer', { ...body, wait: true })).statusCode).toBe(200)
    await server.close()
  })

  test('of one proof ends with TIMEOUT, in the answer and in the job', async () => {
    const server = await testServer([bundle], { proofTimeout: 1 })
    expectProblem(await post(server, '/infer', { input: pair, wait: true }), 'TIMEOUT')
    const { job } = (await post(server, '/infer', { input: pair })).json()
    await idle(server)
    expect((await server.inject({ url: job.url })).json()).toMatchObject({
      state: 'failed',
      result: null,
      error: { code: 'TIMEOUT', status: 504 },
    })
    await server.close()
  })
})

describe('on the wire', () => {
  let server: FastifyInstance
  let port: number

  beforeAll(async () => {
    server = await testServer([bundle], { requestTimeout: 300, waitTimeout: 50_000 })
    await server.listen({ port: 0 })
    port = (server.server.address() as AddressInfo).port
  })
  afterAll(() => server?.close())

  const exchange = async (sent: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1')
    let received = ''
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString()
    })
    socket.write(sent)
    await once(socket, 'close')
    return received
  }

  test('what is no HTTP is answered with a problem', async () => {
    const answer = await exchange('HELLO\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(answer).toMatch(/application\/problem\+json/)
    expect(JSON.parse(answer.split('\r\n\r\n')[1]!).code).toBe('INVALID_REQUEST')
  })

  test('a client that hangs up has its waiting proof cancelled', async () => {
    const client = new AbortController()
    const request = fetch(`http://127.0.0.1:${port}/infer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ input: pair, wait: true }),
      signal: client.signal,
    })
    const queue = async () => (await server.inject({ url: '/health/ready' })).json().queue.running
    while ((await queue()) === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    client.abort()
    await expect(request).rejects.toThrow()
    await idle(server)
  })

  test('closing cancels what waits and answers it', async () => {
    const closing = await testServer([bundle], { closeTimeout: 0 })
    const waiting = post(closing, '/infer', { input: pair, wait: true })
    await new Promise((resolve) => setTimeout(resolve, 50))
    await closing.close()
    expectProblem(await waiting, 'CANCELLED')
  })
})
