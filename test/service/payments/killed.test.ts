/** Payments outlive the processes that took them, and are known to all: the compiled service, killed without a word. */
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { postgresPrograms, startPostgres } from '#scripts/fleet/postgres.js'
import { configNames, flagName } from '#service/config/schema.js'
import type { PaymentRequired } from '#service/payments/x402.js'
import { decodeHeader } from '#service/payments/x402-headers.js'
import { pairBundle } from '../support/bundles.js'
import { finish, startCommand } from '../support/command-line.js'
import { type PaymentStage, payee, payment, paymentStage } from './payment-stage.js'

const input = { a: [0, 0.5, 1], b: [1, 1, 0] }
/** Processes start, on machines that are busy. */
const patience = 300_000
let stage: PaymentStage
let bundle: string
let folder: string
const children: ChildProcess[] = []

beforeAll(async () => {
  stage = await paymentStage()
  bundle = await pairBundle()
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkserve-test-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})
afterAll(() => stage?.close())

interface Service {
  readonly url: string
  readonly child: ChildProcess
}

async function serve(...flags: string[]): Promise<Service> {
  const settings = configNames.flatMap((name) =>
    stage.settings[name] === undefined ? [] : [flagName(name), String(stage.settings[name])],
  )
  const args = ['serve', '--models', bundle, '--port', '0', '--log-level', 'error', '--json']
  const child = startCommand([...args, ...settings, ...flags], { ZKSERVE_ENCRYPTION_KEYS: '5a'.repeat(32) })
  children.push(child)
  let said = ''
  child.stdout!.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const failed = finish(child).then(({ stdout, stderr }) => {
    throw new Error(stdout + stderr)
  })
  failed.catch(() => undefined)
  while (!said.includes('\n')) await Promise.race([failed, sleep(50)])
  return { url: (JSON.parse(said) as { url: string }).url, child }
}

async function order(url: string, signature?: string): Promise<Response> {
  const headers = {
    'content-type': 'application/json',
    ...(signature && { 'payment-signature': signature }),
  }
  return fetch(`${url}/infer`, { method: 'POST', headers, body: JSON.stringify({ input }) })
}

async function signedFor(url: string): Promise<string> {
  const required = decodeHeader((await order(url)).headers.get('payment-required')!) as PaymentRequired
  return payment(stage.payer, required.accepts[0]!)
}

async function jobOf(reply: Response): Promise<string> {
  expect(reply.status).toBe(202)
  return ((await reply.json()) as { job: { id: string } }).job.id
}

async function endOf(url: string, id: string): Promise<Response> {
  for (;;) {
    const reply = await fetch(`${url}/jobs/${id}`)
    const { state } = (await reply.clone().json()) as { state: string }
    if (state !== 'queued' && state !== 'running') return reply
    await sleep(200)
  }
}

test(
  'a service that is killed between settling and writing it down charges once and shows the proof',
  async () => {
    const embedded = ['--data-dir', join(folder, 'data')]
    const first = await serve(...embedded)
    const before = await stage.balanceOf(payee)
    const moved = new Promise<void>((resolve) => {
      stage.between.settle = async (settle) => {
        await settle()
        resolve()
        // The answer never comes.
        return new Promise(() => undefined)
      }
    })
    const id = await jobOf(await order(first.url, await signedFor(first.url)))
    await moved
    first.child.kill('SIGKILL')
    expect(await stage.balanceOf(payee)).toBe(before + 100n)
    const asked = stage.between.settled
    const second = await serve(...embedded)
    const end = await endOf(second.url, id)
    expect(await end.json()).toMatchObject({ state: 'succeeded', result: { proof: {} } })
    expect(decodeHeader(end.headers.get('payment-response')!)).toMatchObject({ success: true })
    expect(stage.between.settled).toBe(asked)
    expect(await stage.balanceOf(payee)).toBe(before + 100n)
  },
  patience,
)

test(
  'one that is killed after it took a payment on makes the proof later, and charges once',
  async () => {
    const embedded = ['--data-dir', join(folder, 'data')]
    const first = await serve(...embedded)
    const before = await stage.balanceOf(payee)
    // Verified and kept; whatever is asked of the facilitator from here on comes to nothing.
    stage.between.settle = () => new Promise(() => undefined)
    const signed = await signedFor(first.url)
    const id = await jobOf(await order(first.url, signed))
    first.child.kill('SIGKILL')
    stage.between.settle = (settle) => settle()
    const second = await serve(...embedded)
    expect((await order(second.url, signed)).status).toBe(402)
    const end = await endOf(second.url, id)
    expect(await end.json()).toMatchObject({ state: 'succeeded', result: { proof: {} } })
    expect(await stage.balanceOf(payee)).toBe(before + 100n)
  },
  patience,
)

test.skipIf(postgresPrograms() === null)(
  'one payment at two processes at once is one job',
  async () => {
    stage.between.settle = (settle) => settle()
    const postgres = await startPostgres()
    try {
      const services = [await serve('--database', postgres.url), await serve('--database', postgres.url)]
      const urls = services.map(({ url }) => url)
      const before = await stage.balanceOf(payee)
      for (let round = 1; round <= 3; round++) {
        const signed = await signedFor(urls[0]!)
        const replies = await Promise.all([...urls, ...urls].map((url) => order(url, signed)))
        const taken = replies.filter(({ status }) => status === 202)
        expect(replies.map(({ status }) => status).sort()).toEqual([202, 402, 402, 402])
        expect((await (await endOf(urls[1]!, await jobOf(taken[0]!))).json()) as object).toMatchObject({
          state: 'succeeded',
        })
        expect(await stage.balanceOf(payee)).toBe(before + 100n * BigInt(round))
      }
    } finally {
      postgres.end()
    }
  },
  patience,
)
