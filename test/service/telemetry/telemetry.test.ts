import { propagation, ROOT_CONTEXT, SpanStatusCode, type TextMapPropagator, trace } from '@opentelemetry/api'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { contextOf, originOf } from '#service/telemetry/origin.js'
import { pairBundle } from '../support/bundles.js'
import { expectProblem, post, testServer } from '../support/test-server.js'

const exporter = new InMemorySpanExporter()
const body = { input: { a: [0.25, 0.5, 1], b: [1, 1, 0] }, salt: '987654321' }
let server: FastifyInstance

/** Reads W3C Trace Context, as the SDK's own does. */
const propagator: TextMapPropagator = {
  fields: () => ['traceparent'],
  inject: () => {},
  extract: (context, carrier, getter) => {
    const [, traceId, spanId] =
      /^00-(\w{32})-(\w{16})-01$/.exec(String(getter.get(carrier, 'traceparent'))) ?? []
    return traceId === undefined || spanId === undefined
      ? context
      : trace.setSpanContext(context, { traceId, spanId, traceFlags: 1, isRemote: true })
  },
}

beforeAll(async () => {
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  )
  propagation.setGlobalPropagator(propagator)
  server = await testServer([await pairBundle()], { proofTimeout: 60_000 })
})
beforeEach(() => exporter.reset())
afterAll(async () => {
  await server?.close()
  trace.disable()
  propagation.disable()
})

const spans = (name: string): ReadableSpan[] =>
  exporter.getFinishedSpans().filter((span) => span.name === name)

async function span(name: string): Promise<ReadableSpan> {
  for (;;) {
    const [found] = spans(name)
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

test('request, job and stages are one trace, under the span of the caller', async () => {
  const [traceId, caller] = ['a'.repeat(32), 'b'.repeat(16)]
  const response = await post(
    server,
    '/infer',
    { ...body, wait: true },
    { traceparent: `00-${traceId}-${caller}-01` },
  )
  expect(response.statusCode).toBe(200)
  const request = await span('POST /infer')
  expect(request.spanContext().traceId).toBe(traceId)
  expect(request.parentSpanContext?.spanId).toBe(caller)
  expect(request.attributes).toEqual({
    'http.request.method': 'POST',
    'http.route': '/infer',
    'http.response.status_code': 200,
    'zkserve.request.id': response.headers['x-request-id'],
  })
  const job = await span('job proof')
  expect(job.spanContext().traceId).toBe(traceId)
  expect(job.parentSpanContext?.spanId).toBe(request.spanContext().spanId)
  expect(job.attributes).toMatchObject({
    'zkserve.job.kind': 'proof',
    'zkserve.job.attempt': 1,
    'zkserve.request.id': response.headers['x-request-id'],
  })
  for (const stage of ['load', 'witness', 'prove', 'verify']) {
    expect((await span(stage)).parentSpanContext?.spanId).toBe(job.spanContext().spanId)
  }
  expect(job.status.code).toBe(SpanStatusCode.UNSET)
})

test('a job outlives its request, and belongs to it all the same', async () => {
  const accepted = await post(server, '/infer', body)
  const request = await span('POST /infer')
  const job = await span('job proof')
  expect(job.parentSpanContext?.spanId).toBe(request.spanContext().spanId)
  expect(accepted.statusCode).toBe(202)
})

test('what fails says its code', async () => {
  const hasty = await testServer([await pairBundle()], { proofTimeout: 1 })
  expectProblem(await post(hasty, '/infer', { ...body, wait: true }), 'TIMEOUT')
  const job = await span('job proof')
  expect(job.status).toEqual({ code: SpanStatusCode.ERROR, message: 'TIMEOUT' })
  expect(job.attributes['error.type']).toBe('TIMEOUT')
  const request = await span('POST /infer')
  expect(request.status.code).toBe(SpanStatusCode.ERROR)
  expect(request.attributes).toMatchObject({ 'error.type': 'TIMEOUT', 'http.response.status_code': 504 })
  await hasty.close()
})

test('no span holds inputs, salts, keys or whole ids of jobs', async () => {
  const headers = { authorization: 'Bearer zk_1_hunter2', 'idempotency-key': 'hunter3' }
  const { job } = (await post(server, '/infer', body, headers)).json()
  await server.inject({ url: `/jobs/${job.id}?hunter4`, headers })
  await span('job proof')
  await span('GET /jobs/:id')
  const text = JSON.stringify(
    exporter
      .getFinishedSpans()
      .map(({ name, attributes, events, status }) => [name, attributes, events, status]),
  )
  for (const secret of ['hunter', '987654321', '0.25', job.id]) expect(text).not.toContain(secret)
})

test('routes that are not there have no route', async () => {
  await server.inject({ url: '/hunter2' })
  expect((await span('GET')).attributes).not.toHaveProperty('http.route')
})

test('without spans, jobs keep the id of their request alone', () => {
  expect(originOf({ id: 'r', span: undefined })).toEqual({ request: 'r', span: null })
  expect(contextOf(undefined)).toBe(ROOT_CONTEXT)
  expect(contextOf({ request: 'r', span: null })).toBe(ROOT_CONTEXT)
})
