import { expect, test } from 'vitest'
import { resolveConfig } from '#service/config/resolve.js'
import { startServer } from '#service/http/start.js'
import { pairBundle } from '../support/bundles.js'

const input = { a: [0, 0.5, 1], b: [1, 1, 0] }

test('a service that stops says so first and still answers; then streams and waits end', async () => {
  const settings = { database: 'memory', logLevel: 'silent', port: 0, concurrency: 1, drainDelay: 6000 }
  const server = await startServer(
    resolveConfig({ ...settings, models: [await pairBundle()], closeTimeout: 0 }),
  )
  const infer = (body: object) =>
    fetch(`${server.url}/infer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ input, ...body }),
    })
  const ready = () => fetch(`${server.url}/health/ready`)
  expect((await ready()).status).toBe(200)

  process.emit('SIGTERM')
  const draining = await ready()
  expect(draining.status).toBe(503)
  expect(draining.headers.get('retry-after')).toMatch(/^\d+$/)
  expect(await draining.json()).toMatchObject({ status: 'unavailable', reason: 'stopping' })
  expect((await fetch(`${server.url}/v2/health/ready`)).status).toBe(409)
  expect((await fetch(`${server.url}/health/live`)).status).toBe(200)
  const answer = await infer({ proof: false })
  expect({ status: answer.status, connection: answer.headers.get('connection') }).toEqual({
    ...{ status: 200, connection: 'close' },
  })

  // Many more than one thread makes before the end: some still wait then.
  const jobs = await Promise.all(Array.from({ length: 20 }, () => infer({})))
  const last = jobs.at(-1)!.headers.get('location')
  const events = fetch(`${server.url}${last}/events`).then((reply) => reply.text())
  const waiting = infer({ wait: true })
  await server.stopped
  expect(await events).toMatch(/"state":"(succeeded|cancelled)".*\n\n$/)
  expect([200, 202, 409, 503]).toContain((await waiting).status)
  await expect(ready()).rejects.toThrow()
})
