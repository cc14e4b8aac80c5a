import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pairBundle } from '../support/bundles.js'
import { expectProblem, post, testServer } from '../support/test-server.js'

let server: FastifyInstance
beforeAll(async () => {
  server = await testServer([await pairBundle()], { queueSize: 5 })
})
afterAll(() => server?.close())

const inputs = [
  { a: [0, 0.5, 1], b: [1, 1, 0] },
  { a: [1, 0, 0], b: [0, 0, 0] },
  { a: [0, 0, 0], b: [0, 1, 1] },
]
const infer = (body: object, headers = {}) => post(server, '/infer', body, headers)
const jobsOf = async () =>
  (await server.inject({ url: '/jobs?limit=100' }))
    .json()
    .jobs.map(({ id }: { id: string }) => id) as string[]

async function ended(url: string) {
  for (;;) {
    const job = (await server.inject({ url })).json()
    if (job.state !== 'queued' && job.state !== 'running') return job
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

describe('a batch of inputs', () => {
  test('has an answer and a proof for each, in order', async () => {
    const response = await infer({ batch: inputs })
    expect(response.statusCode).toBe(202)
    const { model, batch } = response.json()
    expect(model.name).toBe('pair')
    const nonces = new Set<string>()
    for (const [at, each] of batch.entries()) {
      const single = (await infer({ input: inputs[at], proof: false })).json()
      expect(each).toMatchObject({ outputs: single.outputs, integers: single.integers, label: single.label })
      const { state, result } = await ended(each.job.url)
      expect({ state, integers: result.integers }).toEqual({ state: 'succeeded', integers: single.integers })
      expect((await post(server, '/verify', result)).json().valid).toBe(true)
      nonces.add(result.context.nonce)
    }
    expect(nonces.size).toBe(inputs.length)
  })

  test('may come without proofs', async () => {
    const response = await infer({ batch: inputs, proof: false })
    expect(response.statusCode).toBe(200)
    expect(response.json().batch).toHaveLength(3)
    expect(response.json().batch[0]).not.toHaveProperty('job')
  })

  test('is taken on whole, or not at all', async () => {
    const before = await jobsOf()
    const refused = await infer({ batch: Array(50).fill(inputs[0]) })
    expectProblem(refused, 'QUEUE_FULL')
    expect(refused.headers['retry-after']).toMatch(/^[1-9]\d*$/)
    expect(await jobsOf()).toEqual(before)
    // One alone has room still.
    const one = await infer({ input: inputs[0] })
    expect(one.statusCode).toBe(202)
    await ended(one.headers.location as string)
  })

  test('with a key makes its jobs once', async () => {
    const headers = { 'idempotency-key': 'batch' }
    const before = (await jobsOf()).length
    const replies = await Promise.all([1, 2, 3].map(() => infer({ batch: inputs.slice(0, 2) }, headers)))
    expect(new Set(replies.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1)
    expect((await jobsOf()).length).toBe(before + 2)
    expectProblem(await infer({ batch: inputs }, headers), 'IDEMPOTENCY_CONFLICT')
    for (const { job } of replies[0]!.json().batch) await ended(job.url)
  })

  test.each([
    ['nothing in it', { batch: [] }, 'INVALID_REQUEST'],
    ['too much in it', { batch: Array(101).fill(inputs[0]) }, 'INVALID_REQUEST'],
    ['another input beside it', { batch: inputs, input: inputs[0] }, 'INVALID_REQUEST'],
    ['one nonce', { batch: inputs, nonce: '1' }, 'INVALID_REQUEST'],
    ['one salt', { batch: inputs, salt: '1' }, 'INVALID_REQUEST'],
    ['a wait', { batch: inputs, wait: true }, 'INVALID_REQUEST'],
    ['a wrong element', { batch: [inputs[0], { a: [1] }] }, 'INVALID_INPUT'],
  ] as const)('is refused with %s', async (_name, body, code) => {
    const before = await jobsOf()
    const { detail } = expectProblem(await infer(body), code)
    if (code === 'INVALID_INPUT') expect(detail).toMatch(/^batch element 1: /)
    expect(await jobsOf()).toEqual(before)
  })
})
