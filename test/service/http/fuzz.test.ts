import fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorTable } from '#circuits/error-table.js'
import { digitsBundle, digitsInput } from '../support/bundles.js'
import { post, testServer } from '../support/test-server.js'

let server: FastifyInstance

beforeAll(async () => {
  server = await testServer([await digitsBundle()], { bodyLimit: 20_000 })
})
afterAll(() => server?.close())

const names = [
  ...['model', 'input', 'inputs', 'proof', 'wait', 'requester', 'nonce', 'salt', 'context', 'chainId'],
  ...['publicSignals', 'pi_a', 'pi_b', 'pi_c', 'protocol', '__proto__', 'constructor', 'toString'],
]

/** JSON text that no route accepts: no input of 64 numbers and no proof comes out of it. */
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false, 0, -0, 1e308, 5e-324, 2 ** 53, '', 'digits', 'groth16', 'bn128'),
    fc.double({ noNaN: true }),
    fc.string({ maxLength: 20 }),
    fc.constantFrom(
      `0x${'0'.repeat(40)}`,
      '21888242871839275222246405745257275088548364400416034343698204186575808495617',
    ),
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 6 }),
  ),
})).value

const text = fc.oneof(
  json.map((value) => JSON.stringify(value)),
  fc.dictionary(fc.constantFrom(...names), json, { maxKeys: 8 }).map((value) => JSON.stringify(value)),
  fc
    .record({
      place: fc.nat(63),
      odd: fc.constantFrom('1e999', '"1"', 'null', '[]', '{}', 'NaN', '0x1', '1e40'),
    })
    .map(({ place, odd }) => `{"input":[${digitsInput().map((value, i) => (i === place ? odd : value))}]}`),
  fc.string({ maxLength: 200, unit: 'binary' }),
  fc.integer({ min: 1, max: 9000 }).map((depth) => '['.repeat(depth)),
  fc
    .integer({ min: 1, max: 3000 })
    .map((depth) => `{"input":${'{"input":'.repeat(depth)}1${'}'.repeat(depth + 1)}`),
)

const contentType = fc.oneof(
  { weight: 8, arbitrary: fc.constant('application/json') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('text/plain', 'application/xml', '', 'application/json; charset=x'),
  },
)

test('odd bodies are refused with a problem, and the service lives on', async () => {
  const request = fc.record({ url: fc.constantFrom('/infer', '/verify'), body: text, type: contentType })
  await fc.assert(
    fc.asyncProperty(request, async ({ url, body, type }) => {
      const response = await post(server, url, body, { 'content-type': type })
      expectRefusal(response.statusCode, response.headers['content-type'], response.body)
    }),
    { numRuns: 1500 },
  )
  expect((await server.inject({ url: '/health/ready' })).json().queue).toMatchObject({
    running: 0,
    queued: 0,
  })
})

test('odd addresses are refused with a problem', async () => {
  const part = fc.oneof(
    fc.webSegment({ size: 'medium' }),
    fc.string({ maxLength: 40 }).map(encodeURIComponent),
  )
  const address = fc
    .record({
      method: fc.constantFrom('GET' as const, 'DELETE' as const, 'POST' as const),
      route: fc.constantFrom('/jobs/', '/models/', '/errors/', '/x', '/models/digits/'),
      part,
    })
    .filter(({ part }) => part !== 'verification-key' && !/^[?#.]/.test(part))
  await fc.assert(
    fc.asyncProperty(address, async ({ method, route, part }) => {
      const response = await server.inject({ method, url: `${route}${part}` })
      expectRefusal(response.statusCode, response.headers['content-type'], response.body)
    }),
    { numRuns: 500 },
  )
})

function expectRefusal(status: number, type: unknown, body: string): void {
  expect(type).toMatch(/^application\/problem\+json/)
  const { code, detail } = JSON.parse(body)
  expect({ status, code, detail }).toMatchObject({
    status: errorTable[code as keyof typeof errorTable].status,
  })
  expect(status).toBeGreaterThanOrEqual(400)
  expect(status).toBeLessThan(500)
  expect(detail).not.toContain('\n')
}
