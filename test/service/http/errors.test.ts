import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ErrorCode } from '#circuits/error-table.js'
import { digitsBundle, digitsInput, pairBundle } from '../support/bundles.js'
import { expectProblem, post, testServer } from '../support/test-server.js'

let server: FastifyInstance

beforeAll(async () => {
  server = await testServer([await digitsBundle(), await pairBundle()], { bodyLimit: 100_000 })
})
afterAll(() => server?.close())

const input = digitsInput()
const numbers = (text: string) => `{"model":"digits","input":[${text}${',0'.repeat(63)}]}`

const bodies: readonly (readonly [string, unknown, ErrorCode])[] = [
  ['malformed JSON', '{"input": [1, 2', 'INVALID_REQUEST'],
  ['nothing', '', 'INVALID_REQUEST'],
  ['an array', [], 'INVALID_REQUEST'],
  ['null', 'null', 'INVALID_REQUEST'],
  ['an unknown member', { input, inptu: 1 }, 'INVALID_REQUEST'],
  ['a poisoned prototype', '{"__proto__": {"input": [1]}}', 'INVALID_REQUEST'],
  ['text for wait', { model: 'digits', input, wait: 'yes' }, 'INVALID_REQUEST'],
  ['no model among several', { input }, 'INVALID_REQUEST'],
  ['a model with a NUL', { model: 'a\0', input }, 'INVALID_REQUEST'],
  ['an unknown model', { model: 'cats', input }, 'MODEL_NOT_FOUND'],
  ['no input', { model: 'digits' }, 'INVALID_INPUT'],
  ['two inputs', { model: 'digits', input, inputs: input }, 'INVALID_INPUT'],
  ['infinity', numbers('1e999'), 'INVALID_INPUT'],
  ['more than float32 holds', numbers('1e39'), 'INVALID_INPUT'],
  ['a string among numbers', numbers('"1"'), 'INVALID_INPUT'],
  ['null among numbers', numbers('null'), 'INVALID_INPUT'],
  ['too few numbers', { model: 'digits', input: [1, 2, 3] }, 'INVALID_INPUT'],
  ['a wrong shape', { model: 'digits', input: [input, input] }, 'INVALID_INPUT'],
  ['a ragged array', { model: 'digits', input: [[1, 2], [3]] }, 'INVALID_INPUT'],
  ['a deep array', `{"model":"digits","input":${'['.repeat(5000)}${']'.repeat(5000)}}`, 'INVALID_INPUT'],
  ['a missing input by name', { model: 'pair', input: { a: [1, 2, 3] } }, 'INVALID_INPUT'],
  ['an unknown input by name', { model: 'digits', input: { x: input } }, 'INVALID_INPUT'],
  ['a malformed requester', { model: 'digits', input, requester: '0x12' }, 'INVALID_INPUT'],
  [
    'a requester with a typing error',
    { model: 'digits', input, requester: '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96046' },
    'INVALID_INPUT',
  ],
  ['a negative nonce', { model: 'digits', input, nonce: '-1' }, 'INVALID_INPUT'],
  ['a nonce of 257 bits', { model: 'digits', input, nonce: `0x1${'0'.repeat(64)}` }, 'INVALID_INPUT'],
  ['a salt beyond the field', { model: 'digits', input, salt: `0x${'f'.repeat(64)}` }, 'INVALID_INPUT'],
  ['a modelId of letters', { model: 'digits', input, modelId: 'one' }, 'INVALID_INPUT'],
]

describe('POST /infer refuses', () => {
  test.each(bodies)('%s', async (_name, body, code) => {
    expectProblem(await post(server, '/infer', body), code)
  })

  test('other content types', async () => {
    const headers = { 'content-type': 'text/plain' }
    expectProblem(await post(server, '/infer', 'input=1', headers), 'UNSUPPORTED_MEDIA_TYPE')
  })

  test('bodies beyond the limit', async () => {
    const body = JSON.stringify({ input: Array(60_000).fill(1) })
    expectProblem(await post(server, '/infer', body), 'BODY_TOO_LARGE')
  })
})

describe('other routes refuse', () => {
  test.each<[string, 'GET' | 'POST' | 'PUT' | 'DELETE', string, ErrorCode]>([
    ['an unknown route', 'GET', '/nothing', 'ROUTE_NOT_FOUND'],
    ['a wrong method', 'PUT', '/infer', 'ROUTE_NOT_FOUND'],
    ['a malformed address', 'GET', '/models/%E0%A4%A', 'INVALID_REQUEST'],
    ['an unknown model', 'GET', '/models/nothing', 'MODEL_NOT_FOUND'],
    ['the key of an unknown model', 'GET', '/models/nothing/verification-key', 'MODEL_NOT_FOUND'],
    ['a path for a model', 'GET', '/models/..%2f..%2fetc%2fpasswd', 'MODEL_NOT_FOUND'],
    ['a model with a NUL', 'GET', '/models/a%00', 'INVALID_REQUEST'],
    ['a model of the open protocol with a NUL', 'GET', '/v2/models/%00/ready', 'INVALID_REQUEST'],
    ['an unknown job', 'GET', `/jobs/${'0'.repeat(32)}`, 'JOB_NOT_FOUND'],
    ['cancelling an unknown job', 'DELETE', `/jobs/${'0'.repeat(32)}`, 'JOB_NOT_FOUND'],
    ['a malformed job id', 'GET', '/jobs/1', 'INVALID_REQUEST'],
  ])('%s', async (_name, method, url, code) => {
    expectProblem(await server.inject({ method, url }), code)
  })

  test('an endless parameter', async () => {
    const response = await server.inject({ url: `/models/${'a'.repeat(5000)}` })
    expect(response.statusCode).toBeGreaterThanOrEqual(400)
    expect(response.statusCode).toBeLessThan(500)
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/)
  })
})

test('every code that a problem names is described at its address', async () => {
  const { type } = (await server.inject({ url: '/nothing' })).json()
  const described = await server.inject({ url: type })
  expect(described.json()).toMatchObject({ code: 'ROUTE_NOT_FOUND', status: 404 })
})

test('what fails inside is told by its code alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'zkserve-damaged-'))
  cpSync(await pairBundle(), folder, { recursive: true })
  const damaged = await testServer([folder])
  writeFileSync(join(folder, 'witness.plan'), 'no plan')
  const body = { inputs: { a: [0, 0, 1], b: [0, 0, 1] }, wait: true }
  const problem = expectProblem(await post(damaged, '/infer', body), 'BUNDLE_CORRUPT')
  expect(problem.details).toEqual({})
  expect(JSON.stringify(problem)).not.toContain(folder)
  expect((await post(damaged, '/infer', { ...body, proof: false })).statusCode).toBe(200)
  await damaged.close()
  rmSync(folder, { recursive: true })
})
