/** Accepted work outlives the processes that took it on: the compiled service, killed without a word. */
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { postgresPrograms, startPostgres, type TestPostgres } from '#scripts/fleet/postgres.js'
import { pairBundle } from './support/bundles.js'
import { finish, startCommand } from './support/command-line.js'

/** All processes over one database have the same. */
const encryptionKeys = '5a'.repeat(32)
const input = { a: [0, 0.5, 1], b: [1, 1, 0] }
let bundle: string
let folder: string
let postgres: TestPostgres | null = null
const children: ChildProcess[] = []

beforeAll(async () => {
  bundle = await pairBundle()
  folder = mkdtempSync(join(tmpdir(), 'zkserve-test-'))
  if (postgresPrograms() !== null) postgres = await startPostgres()
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})
afterAll(() => {
  postgres?.end()
  rmSync(folder, { recursive: true, force: true })
})

/** Processes start, on machines that are busy. */
const patience = 300_000

interface Service {
  readonly url: string
  readonly child: ChildProcess
}

/** The compiled service on a free port; rejects with what it said where it ends instead. */
async function serve(...flags: string[]): Promise<Service> {
  const args = ['serve', '--models', bundle, '--port', '0', '--log-level', 'error', '--json', ...flags]
  const child = startCommand(args, { ZKSERVE_ENCRYPTION_KEYS: encryptionKeys })
  children.push(child)
  let said = ''
  child.stdout!.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const ended = finish(child).then(({ stdout, stderr }) => {
    throw new Error(stdout + stderr)
  })
  ended.catch(() => undefined)
  while (!said.includes('\n')) await Promise.race([ended, sleep(50)])
  const { url, error }: { url: string; error?: { code: string } } = JSON.parse(said)
  if (error !== undefined) throw new Error(error.code)
  return { url, child }
}

async function submit({ url }: Service): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const reply = await fetch(`${url}/infer`, { method: 'POST', headers, body: JSON.stringify({ input }) })
  expect(reply.status).toBe(202)
  const { job }: { job: { id: string } } = JSON.parse(await reply.text())
  return job.id
}

async function stateOf({ url }: Service, id: string): Promise<string> {
  const reply = await fetch(`${url}/jobs/${id}`)
  return (JSON.parse(await reply.text()) as { state: string }).state
}

async function settled(service: Service, ids: readonly string[]): Promise<string[]> {
  for (;;) {
    const states = await Promise.all(ids.map((id) => stateOf(service, id)))
    if (states.every((state) => state !== 'queued' && state !== 'running')) return states
    await sleep(200)
  }
}

test(
  'jobs that were accepted before a kill are done by the next process; two never share a directory',
  async () => {
    const embedded = ['--data-dir', join(folder, 'data'), '--concurrency', '1']
    const first = await serve(...embedded)
    const ids = [await submit(first), await submit(first), await submit(first)]
    await expect(serve(...embedded)).rejects.toThrow(/DATA_DIRECTORY_IN_USE/)
    first.child.kill('SIGKILL')
    const second = await serve(...embedded)
    expect(await settled(second, ids)).toEqual(Array(3).fill('succeeded'))
  },
  patience,
)

test.skipIf(postgresPrograms() === null)(
  'workers apart from the API do its jobs; those of a killed worker go to another, and a stopped one gives back',
  async () => {
    const shared = ['--database', postgres!.url, '--concurrency', '1']
    const api = await serve('--role', 'api', ...shared)
    const ready = async () => (await fetch(`${api.url}/health/ready`)).status
    expect(await ready()).toBe(503)
    const workers = [await serve('--role', 'worker', ...shared), await serve('--role', 'worker', ...shared)]
    expect(await ready()).toBe(200)
    expect((await fetch(`${workers[0]!.url}/infer`, { method: 'POST' })).status).toBe(404)
    const ids: string[] = []
    for (let i = 0; i < 6; i++) ids.push(await submit(api))
    while ((await stateOf(api, ids[0]!)) === 'queued') await sleep(5)
    workers[0]!.child.kill('SIGKILL')
    workers[1]!.child.kill('SIGTERM')
    await serve('--role', 'worker', ...shared)
    expect(await settled(api, ids)).toEqual(Array(6).fill('succeeded'))
  },
  patience,
)

test.skipIf(postgresPrograms() === null)(
  'a database that goes away is waited for',
  async () => {
    const service = await serve('--database', postgres!.url)
    const before = await submit(service)
    postgres!.kill()
    await sleep(500)
    const reply = await fetch(`${service.url}/jobs/${before}`)
    expect(reply.status).toBe(503)
    expect((JSON.parse(await reply.text()) as { code: string }).code).toBe('DATABASE_UNAVAILABLE')
    await postgres!.start()
    await sleep(1000)
    expect(await settled(service, [before, await submit(service)])).toEqual(['succeeded', 'succeeded'])
  },
  patience,
)
