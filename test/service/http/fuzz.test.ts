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

interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** With parameters as {name}. */
  readonly path: string
  readonly takesBody: boolean
}

/** Every route of the service, and names of members that its bodies have. */
async function apiRoutes(): Promise<{ routes: Route[]; members: string[] }> {
  const { paths } = (await server.inject({ url: '/docs/json' })).json()
  const members = new Set<string>()
  const collect = (schema: unknown): void => {
    if (typeof schema !== 'object' || schema === null) return
    for (const [name, value] of Object.entries(schema)) {
      if (name === 'properties') for (const member of Object.keys(value)) members.add(member)
      collect(value)
    }
  }
  const routes = Object.entries<Record<string, { requestBody?: unknown }>>(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { requestBody }]) => {
      collect(requestBody)
      return { method: method.toUpperCase() as Route['method'], path, takesBody: requestBody !== undefined }
    }),
  )
  return { routes, members: [...members] }
}

/** Parts of addresses: odd ones, ids that are none, and a model that there is. */
const part = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('digits', '0'.repeat(32), `wh_${'0'.repeat(32)}`, '1', 'input') },
  fc.webSegment({ size: 'medium' }).filter((text) => text !== '' && !text.startsWith('.')),
  fc.string({ minLength: 1, maxLength: 40 }).map(encodeURIComponent),
)

const multipart = fc
  .record({
    name: fc.constantFrom('model', 'calibration', 'options', '__proto__'),
    rest: fc.string({ maxLength: 80, unit: 'binary' }),
  })
  .map(({ name, rest }) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${rest}`)

const runs = process.env.ZKSERVE_RELEASE === undefined ? 10_000 : 100_000

test(`${runs} odd bodies over all routes are refused with a problem, and the service lives on`, {
  timeout: 3_600_000,
}, async () => {
  const { routes, members } = await apiRoutes()
  expect(routes.length).toBeGreaterThan(20)
  const member = fc.constantFrom(...members, ...names)
  const body = fc.oneof(
    { weight: 4, arbitrary: text },
    {
      weight: 3,
      arbitrary: fc.dictionary(member, json, { maxKeys: 8 }).map((value) => JSON.stringify(value)),
    },
    { weight: 1, arbitrary: multipart },
  )
  const type = fc.oneof(
    { weight: 6, arbitrary: contentType },
    { weight: 1, arbitrary: fc.constantFrom('multipart/form-data; boundary=b', 'multipart/form-data') },
  )
  const request = fc.record({
    route: fc.oneof(fc.constantFrom(...routes), {
      weight: 2,
      arbitrary: fc.constantFrom(...routes.filter(({ takesBody }) => takesBody)),
    }),
    ...{ body, type, parts: fc.tuple(part, part) },
    key: fc.option(
      fc.string({ maxLength: 10 }).map((it) => it.replace(/[^!-~]/g, 'k')),
      { nil: undefined },
    ),
  })
  const answers = new Map<number, number>()
  await fc.assert(
    fc.asyncProperty(request, async ({ route: { method, path, takesBody }, body, type, parts, key }) => {
      let next = 0
      const url = path.replace(/\{\w+\}/g, () => parts[next++ % 2]!)
      const headers = { 'content-type': type, ...(key === undefined ? {} : { 'idempotency-key': key }) }
      const response = await server.inject({ method, url, payload: body, headers })
      const { statusCode } = response
      answers.set(statusCode, (answers.get(statusCode) ?? 0) + 1)
      // What takes no body has a right to answer.
      if (takesBody || statusCode >= 400)
        expectRefusal(statusCode, response.headers['content-type'], response.body)
    }),
    { numRuns: runs },
  )
  expect([...answers.keys()].filter((status) => status >= 500)).toEqual([])
  expect((await server.inject({ url: '/health/ready' })).json().queue).toMatchObject({
    running: 0,
    queued: 0,
  })
  const alive = await post(server, '/infer', { input: digitsInput(), wait: true })
  expect(alive.statusCode).toBe(200)
})

const oddPart = fc.oneof(
  fc.webSegment({ size: 'medium' }),
  fc.string({ maxLength: 40 }).map(encodeURIComponent),
)

test('odd addresses are refused with a problem', async () => {
  const address = fc
    .record({
      method: fc.constantFrom('GET' as const, 'DELETE' as const, 'POST' as const),
      route: fc.constantFrom('/jobs/', '/models/', '/errors/', '/x', '/models/digits/'),
      part: oddPart,
    })
    .filter(
      ({ part }) =>
        !['verification-key', 'manifest', 'report', 'solidity'].includes(part) && !/^[?#.]/.test(part),
    )
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
