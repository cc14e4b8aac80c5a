import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitOf } from '#service/http/prefer.js'
import { pairBundle } from '../support/bundles.js'
import { post, testServer } from '../support/test-server.js'

let server: FastifyInstance
const input = { a: [0, 0.5, 1], b: [1, 1, 0] }

beforeAll(async () => {
  server = await testServer([await pairBundle()])
})
afterAll(() => server?.close())

const infer = async (prefer: string, more: object = {}) => {
  const { statusCode, headers } = await post(server, '/infer', { input, ...more }, { prefer })
  return [statusCode, headers['preference-applied']]
}

test('a preference goes before the member of the body, and is told', async () => {
  expect(await infer('respond-async', { wait: true })).toEqual([202, 'respond-async'])
  expect(await infer('wait=50')).toEqual([200, 'wait=50'])
  expect(await infer('respond-async, wait=50', { wait: false })).toEqual([200, 'respond-async, wait=50'])
  expect(await infer('wait=0', { wait: true })).toEqual([202, 'wait=0'])
})

test('what is no preference of this route is let be', async () => {
  expect(await infer('return=minimal, handling=strict')).toEqual([202, undefined])
  expect(await infer('wait=soon', { wait: true })).toEqual([200, undefined])
  expect(await infer('respond-async', { proof: false })).toEqual([200, undefined])
})

test.each([
  ['wait=10', 10_000, 'wait=10'],
  ['WAIT = "10"; precise, Respond-Async', 10_000, 'respond-async, wait=10'],
  ['wait=99999', 60_000, 'wait=60'],
  ['wait=1, wait=2', 1000, 'wait=1'],
  ['foo="a, wait=3", respond-async;x=y', 0, 'respond-async'],
  ['respond-async=no', 5, null],
  ['wait=-1', 5, null],
  ['wait=1.5', 5, null],
  ['"', 5, null],
  [',;=,,', 5, null],
])('%s', (header, timeout, applied) => {
  const longest = timeout === 5 ? 5 : 60_500
  expect(waitOf(header, true, longest)).toEqual({ timeout, applied })
})
