import type { FastifyInstance } from 'fastify'
import { afterEach, expect, test } from 'vitest'
import { pairBundle } from '../support/bundles.js'
import { expectProblem, post, testServer } from '../support/test-server.js'

let server: FastifyInstance
afterEach(() => server.close())

const body = { inputs: { a: [0.1, 0.2, 0.3], b: [0, 0, 0] }, wait: true }
const sample = (text: string, series: string): number =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length + 1),
  )

test('a proof shows in the metrics, and its times in the reply', async () => {
  server = await testServer([await pairBundle()])
  const { timings, backend } = (await post(server, '/infer', body)).json()
  for (const step of ['queue', 'load', 'inference', 'witness', 'prove', 'verify']) {
    expect(timings[step]).toBeGreaterThanOrEqual(0)
    expect(timings[step]).toBeLessThanOrEqual(timings.whole)
  }
  if (backend === 'native') expect(timings.stages).toMatchObject({ h: expect.any(Number) })
  const response = await server.inject('/metrics')
  expect(response.statusCode).toBe(200)
  expect(response.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(sample(response.body, 'zkserve_proofs_total{model="pair",outcome="ok"}')).toBe(1)
  expect(sample(response.body, 'zkserve_proof_seconds_count{stage="prove"}')).toBe(1)
  expect(sample(response.body, 'zkserve_loaded_keys')).toBeGreaterThan(0)
  expect(sample(response.body, 'zkserve_loaded_key_bytes')).toBeGreaterThan(1000)
})

test('failed proofs count by their code', async () => {
  server = await testServer([await pairBundle()], { proofTimeout: 1 })
  const failed = await post(server, '/infer', body)
  expectProblem(failed, 'TIMEOUT')
  const { body: text } = await server.inject('/metrics')
  expect(sample(text, 'zkserve_proofs_total{model="pair",outcome="TIMEOUT"}')).toBe(1)
})

test('requests are timed by route and status, and never by address', async () => {
  server = await testServer([await pairBundle()])
  await post(server, '/infer', { ...body, wait: false, proof: false })
  for (const id of ['pair', 'hunter2']) await server.inject(`/models/${id}`)
  await server.inject('/hunter3')
  const { body: text } = await server.inject('/metrics')
  const count = (labels: string) => sample(text, `zkserve_http_request_seconds_count{${labels}}`)
  expect(count('method="POST",route="/infer",status="200"')).toBe(1)
  expect(count('method="GET",route="/models/:id",status="200"')).toBe(1)
  expect(count('method="GET",route="/models/:id",status="404"')).toBe(1)
  expect(count('method="any",route="none",status="404"')).toBe(1)
  expect(text).not.toContain('hunter')
})

test('the settings can leave the metrics out', async () => {
  server = await testServer([await pairBundle()], { metrics: 'false' })
  expectProblem(await server.inject('/metrics'), 'ROUTE_NOT_FOUND')
})
