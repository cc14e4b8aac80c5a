/** A facilitator in a process of its own, killed without a word while it settles. It keeps nothing, so nothing is lost. */

import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '#scripts/fleet/free-port.js'
import { decodeHeader } from '#service/payments/x402-headers.js'
import { isRelease } from '../../support/release.js'
import { type Meddler, type MeddlingRpc, meddlingRpc } from '../oracle/meddling-rpc.js'
import { pairBundle } from '../support/bundles.js'
import { startCommand } from '../support/command-line.js'
import { testServer } from '../support/test-server.js'
import { ended, type PaymentStage, pay, payee, paymentStage } from './payment-stage.js'

const input = { a: [0, 0.5, 1], b: [1, 1, 0] }
/** Processes start, on machines that are busy. */
const patience = 300_000
let stage: PaymentStage
let rpc: MeddlingRpc
let server: FastifyInstance
let port: string
let child: ChildProcess

beforeAll(async () => {
  stage = await paymentStage()
  rpc = await meddlingRpc(stage.rpcUrl)
  port = String(await freePort())
  const paymentFacilitator = `http://127.0.0.1:${port}`
  server = await testServer([await pairBundle()], { ...stage.settings, paymentFacilitator })
  await startFacilitator()
})
afterAll(async () => {
  await server?.close()
  child?.kill('SIGKILL')
  await rpc?.close()
  await stage?.close()
})

async function startFacilitator(): Promise<void> {
  const settings = ['--rpc', rpc.url, '--asset', stage.token, '--pay-to', payee, '--port', port]
  child = startCommand(['facilitator', ...settings, '--json'], {
    ZKSERVE_FACILITATOR_KEY: stage.facilitatorKey,
  })
  await once(child.stdout!, 'data')
}

/** Kills it when it asks the chain something, of which it never hears. */
function killWhenAsked(isFatal: (call: Parameters<Meddler>[0]) => boolean): Promise<void> {
  return new Promise((resolve) => {
    rpc.meddle((call) => {
      if (!isFatal(call)) return null
      rpc.meddle(null)
      child.once('exit', () => resolve())
      child.kill('SIGKILL')
      return 'hang up'
    })
  })
}

test.runIf(isRelease).each([
  ['before the payment is submitted', ['eth_sendRawTransaction']],
  ['when it is, before anybody is told', ['eth_sendRawTransaction', 'eth_getTransactionReceipt']],
])(
  'one that dies after it verified, %s, loses nothing: paid once, shown once',
  async (_, [first, then]) => {
    const before = await stage.balanceOf(payee)
    let sent = 0
    const killed = killWhenAsked(({ method }) => {
      if (method === first) sent++
      return method === (then ?? first) && sent > 0
    })
    const reply = await pay(server, stage, '/infer', { input })
    expect(reply.statusCode).toBe(202)
    await killed
    expect(await stage.balanceOf(payee)).toBe(before + (then === undefined ? 0n : 100n))
    const { id } = reply.json().job
    if (then === undefined) expect((await server.inject(`/jobs/${id}`)).json().state).toBe('running')
    await startFacilitator()
    const end = await ended(server, id)
    expect(end.json()).toMatchObject({ state: 'succeeded', result: { proof: {} } })
    expect(decodeHeader(String(end.headers['payment-response']))).toMatchObject({ success: true })
    expect(await stage.balanceOf(payee)).toBe(before + 100n)
  },
  patience,
)
