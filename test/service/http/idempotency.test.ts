import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pairBundle } from '../support/bundles.js'
import { expectProblem, post, testServer } from '../support/test-server.js'

let bundle: string
let server: FastifyInstance
const input = { a: [0, 0.5, 1], b: [1, 1, 0] }

beforeAll(async () => {
  bundle = await pairBundle()
  server = await testServer([bundle])
})
afterAll(() => server?.close())

const send = (key: string, body: unknown, to = server) => post(to, '/infer', body, { 'idempotency-key': key })

async function ended(url: string, on = server): Promise<void> {
  for (;;) {
    const { state } = (await on.inject({ url })).json()
    if (state !== 'queued' && state !== 'running') return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

describe('a request with an Idempotency-Key', () => {
  test('makes one job, however often and at once it comes', async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => send('twenty', { input })))
    expect(new Set(replies.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1)
    const [{ statusCode, headers }] = replies as [(typeof replies)[0]]
    expect(statusCode).toBe(202)
    const fresh = replies.filter(({ headers }) => headers['idempotency-replayed'] === undefined)
    expect(fresh).toHaveLength(1)
    await ended(headers.location as string)
    const late = await send('twenty', { input })
    expect(late.statusCode).toBe(202)
    expect(late.body).toBe(replies[0]!.body)
    expect(late.headers).toMatchObject({ location: headers.location, 'idempotency-replayed': 'true' })
  })

  test('that waits is answered with the same proof again, whatever the order of its members', async () => {
    const first = await send('waits', { input, wait: true, nonce: '7' })
    expect(first.statusCode).toBe(200)
    const second = await send('"waits"', { nonce: '7', wait: true, input: { b: input.b, a: input.a } })
    expect(second.statusCode).toBe(200)
    expect(second.body).toBe(first.body)
    const other = await send('waits-too', { input, wait: true, nonce: '7' })
    expect(other.json().proof).not.toEqual(first.json().proof)
  })

  test('is busy while the first waits, and names the job', async () => {
    const body = { input, wait: true }
    const both = await Promise.all([send('busy', body), send('busy', body)])
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409])
    const refused = both.find(({ statusCode }) => statusCode === 409)!
    const { details } = expectProblem(refused, 'IDEMPOTENCY_BUSY')
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    const job = (await server.inject({ url: (details as { job: string }).job })).json()
    expect(job.result).toEqual(both.find(({ statusCode }) => statusCode === 200)!.json())
  })

  test('may not have another body', async () => {
    await send('other', { input })
    for (const body of [
      { input, nonce: '1' },
      { input, wait: true },
      { input, proof: false },
      { input: [1] },
    ]) {
      const problem = expectProblem(await send('other', body), 'IDEMPOTENCY_CONFLICT')
      expect(JSON.stringify(problem)).not.toContain('/jobs/')
    }
  })

  test('that was refused may come again corrected', async () => {
    expectProblem(await send('refused', { input: [1] }), 'INVALID_INPUT')
    expect((await send('refused', { input })).statusCode).toBe(202)
  })

  test('is answered as the first time after a wait that took too long', async () => {
    const impatient = await testServer([bundle], { waitTimeout: 1 })
    const first = await send('k', { input, wait: true }, impatient)
    expect(first.statusCode).toBe(202)
    await ended(first.headers.location as string, impatient)
    const second = await send('k', { input, wait: true }, impatient)
    expect(second.statusCode).toBe(202)
    expect(second.body).toBe(first.body)
    await impatient.close()
  })

  test('fails again as it failed', async () => {
    const hasty = await testServer([bundle], { proofTimeout: 1 })
    expectProblem(await send('k', { input, wait: true }, hasty), 'TIMEOUT')
    expectProblem(await send('k', { input, wait: true }, hasty), 'TIMEOUT')
    await hasty.close()
  })

  test('keeps its job when the client hangs up', async () => {
    await server.listen({ port: 0 })
    const { port } = server.server.address() as AddressInfo
    const client = new AbortController()
    const request = fetch(`http://127.0.0.1:${port}/infer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'hangs-up' },
      body: JSON.stringify({ input, wait: true }),
      signal: client.signal,
    })
    const running = async () => (await server.inject({ url: '/health/ready' })).json().queue.running
    while ((await running()) === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    client.abort()
    await expect(request).rejects.toThrow()
    while ((await running()) > 0) await new Promise((resolve) => setTimeout(resolve, 5))
    const again = await send('hangs-up', { input, wait: true })
    expect([200, 202]).toContain(again.statusCode)
    const url = again.headers.location as string | undefined
    if (url !== undefined) expect((await server.inject({ url })).json().state).toBe('succeeded')
  })
})

test('a key is 1 to 255 visible characters', async () => {
  for (const key of ['', '""', 'a b', 'é', 'x'.repeat(256), `"${'x'.repeat(256)}"`, 'a\tb', '"a"b'])
    expectProblem(await send(key, { input }), 'INVALID_REQUEST')
  for (const key of ['!', 'x'.repeat(255), `"${'y'.repeat(255)}"`])
    expect((await send(key, { input })).statusCode).toBe(202)
})

test('a body too deep to compare is refused', async () => {
  const deep = `{"input":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
  expectProblem(await send('deep', deep), 'INVALID_REQUEST')
})
