import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { resolveConfig } from '#service/config/resolve.js'
import { readCursor, writeCursor } from '#service/http/cursor.js'
import { createServer } from '#service/http/server.js'
import { ServedModels } from '#service/models/served-models.js'
import { pairBundle } from '../support/bundles.js'
import { expectProblem, post } from '../support/test-server.js'

/** Its jobs never start: it has no worker. */
let server: FastifyInstance
let ids: string[]
const input = { a: [0, 0.5, 1], b: [1, 1, 0] }

beforeAll(async () => {
  const config = resolveConfig({ database: 'memory', logLevel: 'silent' })
  server = await createServer({ ...config, role: 'api' }, await ServedModels.load([await pairBundle()]))
  ids = []
  for (let i = 0; i < 7; i++) ids.unshift((await post(server, '/infer', { input })).json().job.id)
})
afterAll(() => server?.close())

const list = async (query = '') => {
  const response = await server.inject({ url: `/jobs${query}` })
  expect(response.statusCode).toBe(200)
  return { ...response.json(), link: response.headers.link }
}
const idsOf = ({ jobs }: { jobs: readonly { id: string }[] }) => jobs.map(({ id }) => id)

describe('GET /jobs', () => {
  test('lists jobs, newest first, without their results', async () => {
    const page = await list()
    expect(idsOf(page)).toEqual(ids)
    expect(page).toMatchObject({ next: null, link: undefined })
    expect(page.jobs[0]).toMatchObject({
      state: 'queued',
      kind: 'proof',
      url: `/jobs/${ids[0]}`,
      error: null,
    })
    expect(page.jobs[0]).not.toHaveProperty('result')
  })

  test('goes on from page to page, by cursor or by link, whatever comes meanwhile', async () => {
    const first = await list('?limit=3')
    expect(idsOf(first)).toEqual(ids.slice(0, 3))
    const newer = (await post(server, '/infer', { input })).json().job.id
    const second = await list(`?limit=3&cursor=${first.next}`)
    expect(idsOf(second)).toEqual(ids.slice(3, 6))
    const [, url] = /^<\/jobs(\?.+)>; rel="next"$/.exec(second.link as string)!
    const third = await list(url)
    expect(idsOf(third)).toEqual(ids.slice(6))
    expect(third.next).toBeNull()
    ids.unshift(newer)
  })

  test('lists one state alone, and the link keeps to it', async () => {
    await server.inject({ method: 'DELETE', url: `/jobs/${ids[1]}` })
    await server.inject({ method: 'DELETE', url: `/jobs/${ids[2]}` })
    expect(idsOf(await list('?state=cancelled'))).toEqual([ids[1], ids[2]])
    const { link } = await list('?state=cancelled&limit=1')
    expect(link).toMatch(/state=cancelled/)
    expect(idsOf(await list('?state=running'))).toEqual([])
  })

  test.each([
    ...[
      'limit=0',
      'limit=101',
      'limit=x',
      'limit=1&limit=2',
      'state=new',
      'stat=queued',
      'cursor=',
      'cursor=x',
    ],
    `cursor=${'x'.repeat(300)}`,
    `cursor=${Buffer.from('1 2').toString('base64url')}`,
    `cursor=${Buffer.from(`${'9'.repeat(18)} ${'0'.repeat(32)}`).toString('base64url')}`,
  ])('refuses %s', async (query) => {
    expectProblem(await server.inject({ url: `/jobs?${query}` }), 'INVALID_REQUEST')
  })

  test('cursors come back as they were', () => {
    const cursor = { createdAt: '1763694000000000', id: '0'.repeat(32) }
    expect(readCursor(writeCursor(cursor), /^[0-9a-f]{32}$/)).toEqual(cursor)
    expect(writeCursor(cursor)).toMatch(/^[\w-]+$/)
  })

  test('a cursor beyond all times gives an empty page', async () => {
    const at = (createdAt: string) => writeCursor({ createdAt, id: 'f'.repeat(32) })
    expect(idsOf(await list(`?cursor=${at('0')}`))).toEqual([])
    expect(idsOf(await list(`?cursor=${at('9'.repeat(17))}`))).toEqual(ids)
  })
})
