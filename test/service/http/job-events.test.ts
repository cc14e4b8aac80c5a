import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { resolveConfig } from '#service/config/resolve.js'
import { eventText } from '#service/http/event-text.js'
import { createServer } from '#service/http/server.js'
import type { JobStep } from '#service/jobs/job.js'
import { ServedModels } from '#service/models/served-models.js'
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

const newJob = async (on = server): Promise<string> =>
  (await post(on, '/infer', { input })).headers.location as string

const events = (job: string, lastEventId?: string, on = server) =>
  on.inject({
    url: `${job}/events`,
    headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
  })

/** Ids and what happened, of a stream's text. */
const read = (text: string): string[] =>
  Array.from(text.matchAll(/^id: (\d+)\ndata: (.*)\n$/gm), ([, id, data]) => {
    const { state, stage, at } = JSON.parse(data!)
    expect(at).toBe(new Date(at).toISOString())
    return `${id} ${stage ?? state}`
  })

const whole = ['1 queued', '2 load', '3 witness', '4 prove', '5 verify', '6 succeeded']

describe('the events of a job', () => {
  test('are its states and stages up to the end, for who is there and who comes late', async () => {
    const job = await newJob()
    const live = await events(job)
    expect(live.statusCode).toBe(200)
    expect(live.headers).toMatchObject({
      'content-type': expect.stringMatching(/^text\/event-stream/),
      'cache-control': 'no-store',
      'x-request-id': expect.any(String),
    })
    expect(live.body).toMatch(/^retry: \d+\n\n/)
    expect(read(live.body)).toEqual(whole)
    expect(read((await events(job)).body)).toEqual(whole)
  })

  test('go on after Last-Event-ID, and stop with 204', async () => {
    const job = await newJob()
    expect(read((await events(job, '2')).body)).toEqual(whole.slice(2))
    expect(read((await events(job, '5')).body)).toEqual(whole.slice(5))
    for (const id of ['6', '7', '999999999']) {
      const over = await events(job, id)
      expect({ status: over.statusCode, body: over.body }).toEqual({ status: 204, body: '' })
    }
    for (const id of ['x', '-1', '1.5', '9999999999']) {
      expectProblem(await events(job, id), 'INVALID_REQUEST')
    }
    expectProblem(await events(`/jobs/${'0'.repeat(32)}`), 'JOB_NOT_FOUND')
    expectProblem(await events('/jobs/x'), 'INVALID_REQUEST')
  })

  test('tell of a failure and of a cancellation', async () => {
    const hasty = await testServer([bundle], { proofTimeout: 1 })
    expect(read((await events(await newJob(hasty), undefined, hasty)).body).at(-1)).toMatch(/ failed$/)
    await hasty.close()
    const job = await newJob()
    const [stream] = await Promise.all([events(job), server.inject({ method: 'DELETE', url: job })])
    expect(read(stream.body).at(-1)).toMatch(/ cancelled$/)
  })
})

describe('open streams', () => {
  /** A server whose jobs never start: it has no worker. */
  const idleServer = async (settings = {}) => {
    const config = resolveConfig({ database: 'memory', logLevel: 'silent', ...settings })
    const idle = await createServer({ ...config, role: 'api' }, await ServedModels.load([bundle]))
    await idle.listen({ port: 0 })
    const { port } = idle.server.address() as AddressInfo
    return { idle, port, job: await newJob(idle) }
  }

  const open = async (port: number, job: string) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    socket.write(`GET ${job}/events HTTP/1.1\r\nHost: x\r\n\r\n`)
    while (!text.includes('"queued"')) await once(socket, 'data')
    return { socket, text: () => text }
  }

  test('are bounded; one that is left makes room', async () => {
    const { idle, port, job } = await idleServer({ eventStreams: 1 })
    const { socket } = await open(port, job)
    const refused = await events(job, undefined, idle)
    expectProblem(refused, 'TOO_MANY_STREAMS')
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    socket.destroy()
    for (;;) {
      const next = connect(port, '127.0.0.1')
      next.end(`GET ${job}/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
      const [answer] = await once(next, 'data')
      next.destroy()
      if (`${answer}`.startsWith('HTTP/1.1 200')) break
    }
    await idle.close()
  })

  test('end when the service closes', async () => {
    const { idle, port, job } = await idleServer()
    const streams = await Promise.all([1, 2, 3].map(() => open(port, job)))
    const ended = streams.map(({ socket }) => once(socket, 'close'))
    await idle.close()
    await Promise.all(ended)
    for (const { text } of streams) expect(text()).toMatch(/\r\n0\r\n\r\n$/)
  })
})

test('silence is filled with comments', async () => {
  let now = 0
  const steps: JobStep[] = [{ state: 'queued', stage: null, at: 0 }]
  async function* looks() {
    for (const time of [0, 2000, 14_000, 15_000, 16_000, 31_000]) {
      now = time
      yield { history: steps }
    }
  }
  const said: string[] = []
  for await (const text of eventText(looks(), 0, () => now)) said.push(text.split(':')[0]!)
  expect(said).toEqual(['retry', 'id', '', ''])
})
